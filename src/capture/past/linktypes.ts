import type { Program } from '../bpf.ts';
import { compileProgram } from '../compiler.ts';
import { CaptureError } from '../errors.ts';
import { ethernet } from '../ringfile.ts';
import { compileHosts } from './hosts.ts';
import { filesOf } from './progress.ts';
import type { Planned } from './ring.ts';
import { unread } from './unread.ts';

/** Linktypes in rings, in the order in which they first appear; Ethernet, where they hold nothing yet. */
export function linktypesOf(places: readonly Planned[]): number[] {
  const linktypes = new Set(filesOf(places).map(({ header }) => header.linktype));
  return linktypes.size === 0 ? [ethernet] : [...linktypes];
}

/** An expression as it is compiled for a linktype. */
export interface Meaning {
  readonly linktype: number;
  readonly program: Program;
}

/** What an expression means for each linktype. */
export interface Meanings {
  readonly understood: readonly [Meaning, ...Meaning[]];
  /** Why it means nothing for the others. */
  readonly refused: ReadonlyMap<number, string>;
}

/** @throws CaptureError `bad_expression` when it, or the list of hosts, means nothing for any of them, as for the first */
export async function meaningsOf(
  { expression, nets }: { readonly expression: string; readonly nets: readonly string[] | null },
  linktypes: readonly number[],
): Promise<Meanings> {
  const understood: Meaning[] = [];
  const refused = new Map<number, CaptureError>();
  for (const linktype of linktypes) {
    try {
      const program = await compileProgram(expression, linktype);
      if (nets !== null) await compileHosts(nets, { linktype, littleEndian: true, behindTags: false });
      understood.push({ linktype, program });
    } catch (error) {
      if (!(error instanceof CaptureError && error.code === 'bad_expression')) throw error;
      refused.set(linktype, error);
    }
  }
  const [first, ...more] = understood;
  if (first === undefined) throw [...refused.values()][0] ?? new Error('there is no linktype to compile for');
  return { understood: [first, ...more], refused: new Map([...refused].map(([one, { message }]) => [one, message])) };
}

/** One savefile holds one linktype: files of another are named, with what becomes of them. */
export function ofLinktype(places: readonly Planned[], linktype: number, { understood, refused }: Meanings): Planned[] {
  return places.map((place) => {
    if ('report' in place || place.search.header.linktype === linktype) return place;
    const { name, header, firstAt } = place.search;
    const becomes = understood.some((other) => other.linktype === header.linktype)
      ? ': once this search has finished, one of its own follows'
      : (refused.get(header.linktype)?.replace(/^/, ': ') ?? '');
    const detail = `linktype ${header.linktype}, while the savefile has ${linktype}${becomes}`;
    return { report: unread(name, 'other linktype', detail, firstAt), file: place.search };
  });
}
