import { isWire, objectsIn, type Wire } from '../wire.ts';
import { kinds, type Surface } from './kinds.ts';
import { mistake } from './shape.ts';

/** What a workspace makes of blocks: `newBlocks: false` is one that plan, task_card and alert have not reached yet. */
export type CheckOptions = { newBlocks?: boolean; at?: string };

const MOST_BLOCKS = { message: 50, modal: 100, home: 100 } as const satisfies Record<Surface, number>;
const MOST_TABLE_CHARACTERS = 10_000;

/**
 * What Slack would refuse in these blocks, one sentence each with a JSON pointer
 * (`must be less than 151 characters [json-pointer:/blocks/0/text/text]`); an empty list where it takes them.
 */
export function blockErrors(
  blocks: unknown,
  surface: Surface,
  { newBlocks = true, at = '/blocks' }: CheckOptions = {},
): string[] {
  if (!Array.isArray(blocks)) return [mistake('must be an array', at)];
  const most = MOST_BLOCKS[surface];
  const tooMany = blocks.length > most ? [mistake(`no more than ${most} items allowed`, at)] : [];
  return [
    ...tooMany,
    ...blocks.flatMap((block, index) => blockMistakes(block, surface, newBlocks, `${at}/${index}`)),
    ...repeated(blocks.map((block) => (isWire(block) ? block.block_id : undefined))).map((index) =>
      mistake('block_id must be unique', `${at}/${index}/block_id`),
    ),
    ...tableMistakes(blocks, at),
  ];
}

function blockMistakes(block: unknown, surface: Surface, newBlocks: boolean, at: string): string[] {
  if (!isWire(block)) return [mistake('must be an object', at)];
  if (block.type === undefined) return [mistake('missing required field: type', at)];
  const type = String(block.type);
  const kind = Object.hasOwn(kinds, type) ? kinds[type] : undefined;
  if (!kind?.surfaces.includes(surface) || (kind.isNew && !newBlocks)) {
    return [mistake(`unsupported type: ${type}`, `${at}/type`)];
  }
  const { type: _type, ...rest } = block;
  const elements = objectsIn(block, 'elements');
  return [
    ...kind.check(rest, at),
    ...(type === 'actions'
      ? repeated(elements.map((each) => each.action_id)).map((index) =>
          mistake('action_id must be unique in its block', `${at}/elements/${index}/action_id`),
        )
      : []),
  ];
}

function tableMistakes(blocks: readonly unknown[], at: string): string[] {
  const tables = blocks.filter((block): block is Wire => isWire(block) && block.type === 'table');
  const tooMany = tables.length > 1 ? [mistake('only_one_table_allowed', at)] : [];
  const tooLong = tables.some((each) => charactersIn(each.rows) > MOST_TABLE_CHARACTERS);
  return tooLong
    ? [...tooMany, mistake(`a table must hold less than ${MOST_TABLE_CHARACTERS + 1} characters`, at)]
    : tooMany;
}

function charactersIn(part: unknown): number {
  if (Array.isArray(part)) return part.reduce((sum: number, each) => sum + charactersIn(each), 0);
  if (!isWire(part)) return 0;
  const own = typeof part.text === 'string' ? part.text.length : 0;
  return own + charactersIn(part.elements);
}

/** The places of names that stood before in the list. */
function repeated(names: readonly unknown[]): number[] {
  return names.flatMap((name, index) => (name !== undefined && names.indexOf(name) < index ? [index] : []));
}
