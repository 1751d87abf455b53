import type { Program } from '../../bpf.ts';
import { type Condition, ConditionBuilder, everything, nothing } from './condition.ts';
import { type Facts, keepingWords, type Loaded, noFacts } from './facts.ts';
import { load, masked } from './fields.ts';
import { type Compare, type Learned, learn } from './learn.ts';
import { type LinkLayer, linkLayerOf, mostTags } from './linklayer.ts';
import { neededWords, wordsBeforeLoaded } from './neededwords.ts';

/** Beyond so many the condition is `everything`: the search reads all, as it would without an index. */
const mostStates = 20_000;
const mostSteps = 400_000;

/**
 * Derives what every packet that a program accepts must fulfil, for packets of a linktype: walks the program's paths with what earlier
 * branches established, so that a compare of what is known to be a field gives a term. Whatever is not recognised is taken to be
 * possible: the condition never excludes a packet that the program accepts.
 * @param program compiled for a file of that linktype (`tcpdump -r FILE -ddd`)
 */
export function conditionOf(program: Program, linktype: number): Condition {
  const builder = new ConditionBuilder();
  const layer = linkLayerOf(linktype);
  return builder.condition(layer === undefined ? everything : walk(program, layer, builder));
}

/** Where the walk stands: the next instruction, what is in A, which IPv4 header's length is in X, and what is known. */
interface State {
  readonly at: number;
  readonly loaded: Loaded | undefined;
  readonly behind: number | undefined;
  readonly facts: Facts;
}

/** A conditional jump on the way back up: what follows when it is true, and when false. */
interface Jump {
  readonly key: string;
  readonly branches: readonly { readonly state: State; readonly term: Learned['term'] }[];
  /** The node of the branches that are known. */
  whole: number;
  /** The place of the first branch that was not entered. */
  next: number;
}

/** Depth first, on a stack of its own: programs are longer than the machine's is deep. */
function walk(program: Program, layer: LinkLayer, builder: ConditionBuilder): number {
  const needed = Array.from({ length: mostTags + 1 }, (_, tags) => neededWords(program, tags, layer));
  const nodes = new Map<string, number>();
  const stack: Jump[] = [];
  let [states, steps] = [0, 0];
  /** The node of a state where it is known at once; otherwise its jump is now on the stack. */
  const enter = (state: State): number | undefined => {
    const reached = follow(program, state);
    steps += reached.steps;
    if ('node' in reached) return reached.node;
    const { at: jumpsAt, loaded, facts } = reached.state;
    const words = (needed[facts.tags]?.[jumpsAt] ?? 0) | wordsBeforeLoaded(loaded, facts.tags, layer);
    const at = { ...reached.state, facts: keepingWords(facts, words) };
    const key = keyOf(at);
    const known = nodes.get(key);
    if (known !== undefined) return known;
    states += 1;
    stack.push({ key, branches: branchesOf(program, at, layer), whole: nothing, next: 0 });
    return undefined;
  };
  let value = enter({ at: 0, loaded: undefined, behind: undefined, facts: noFacts });
  for (;;) {
    if (states > mostStates || steps > mostSteps) return everything;
    const jump = stack.at(-1);
    if (jump === undefined) return value ?? everything;
    if (value !== undefined) {
      const term = jump.branches[jump.next - 1]?.term;
      jump.whole = builder.either(jump.whole, term === undefined ? value : builder.both(builder.term(term), value));
    }
    const branch = jump.whole === everything ? undefined : jump.branches[jump.next];
    jump.next += 1;
    if (branch !== undefined) {
      value = enter(branch.state);
      continue;
    }
    stack.pop();
    nodes.set(jump.key, jump.whole);
    value = jump.whole;
  }
}

type Followed = { readonly steps: number; readonly node: number } | { readonly steps: number; readonly state: State };

/** Goes on to the next conditional jump, or to the end. */
function follow(program: Program, { at: begin, loaded, behind, facts }: State): Followed {
  let [at, steps, a, x] = [begin, 0, loaded, behind];
  for (;;) {
    const instruction = program[at];
    steps += 1;
    if (instruction === undefined) return { steps, node: everything };
    const { code, k } = instruction;
    at += 1;
    switch (code & 0x07) {
      case 0x00:
        a = loadOf(code, k, x);
        break;
      case 0x01:
        // LDX 4*([k]&0xf), the length of an IPv4 header; what else X may hold is not followed.
        x = code === 0xb1 ? k : undefined;
        break;
      case 0x04:
        a = code === 0x54 && a !== undefined ? masked(a, k) : undefined;
        break;
      case 0x05:
        if ((code & 0xf0) !== 0x00) return { steps, state: { at: at - 1, loaded: a, behind: x, facts } };
        // Backwards (ip6 protochain) this leaves the program: `k` has no sign.
        at += k;
        break;
      case 0x06:
        return { steps, node: code === 0x06 && k === 0 ? nothing : everything };
      case 0x07:
        if ((code & 0x80) === 0) x = undefined;
        else a = undefined;
        break;
      default:
      // Stores: what is loaded from memory is not followed.
    }
  }
}

function loadOf(code: number, k: number, x: number | undefined): Loaded | undefined {
  const bytes = (code & 0x18) === 0x00 ? 4 : (code & 0x18) === 0x08 ? 2 : 1;
  if ((code & 0xe0) === 0x20) return load(k, bytes);
  return (code & 0xe0) === 0x40 && x !== undefined ? load(k, bytes, x) : undefined;
}

const compares: ReadonlyMap<number, Compare> = new Map([
  [0x15, 'equal'],
  [0x25, 'above'],
  [0x35, 'at least'],
  [0x45, 'any bit'],
]);

function branchesOf(program: Program, state: State, layer: LinkLayer): Jump['branches'] {
  const { code = 0, jt = 0, jf = 0, k = 0 } = program[state.at] ?? {};
  const compare = compares.get(code);
  const same: Learned = { facts: state.facts, loaded: state.loaded };
  const { whenTrue, whenFalse } =
    compare === undefined ? { whenTrue: same, whenFalse: same } : learn(compare, k, state.loaded, state.facts, layer);
  const branch = (skip: number, learned: Learned | undefined): Jump['branches'] =>
    learned === undefined
      ? []
      : [
          {
            state: { at: state.at + 1 + skip, loaded: learned.loaded, behind: state.behind, facts: learned.facts },
            term: learned.term,
          },
        ];
  return [...branch(jt, whenTrue), ...branch(jf, whenFalse)];
}

function keyOf({ at, loaded, behind, facts }: State): string {
  const { firstIsTag, tags, etherType, ports, first, fragment, words } = facts;
  const a = loaded && [loaded.offset, loaded.bytes, loaded.behind, loaded.mask, loaded.from, loaded.to];
  return `${at};${a};${behind};${firstIsTag};${tags};${etherType};${ports};${first};${fragment};${words}`;
}
