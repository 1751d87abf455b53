import type { Term } from './terms.ts';

/**
 * What every packet that an expression selects is known to fulfil: `everything` is known of all packets, `nothing` means that none is
 * selected, a `term` that the packet has it. `both` and `either` name two nodes by their places, which are before their own, so that nothing
 * has to descend: a condition of thousands of hosts is thousands of nodes deep.
 */
export type Node =
  | { readonly is: 'everything' }
  | { readonly is: 'nothing' }
  | { readonly is: 'term'; readonly term: Term }
  | { readonly is: 'both' | 'either'; readonly left: number; readonly right: number };

/** Its last node is the whole. */
export type Condition = readonly Node[];

export const everything = 0;
export const nothing = 1;

/** Builds a condition from its leaves on; the same node is there once, and what another says already is left out. */
export class ConditionBuilder {
  readonly #nodes: Node[] = [{ is: 'everything' }, { is: 'nothing' }];
  readonly #places = new Map<string, number>();
  /** For each node a term that every packet of it has, where one is known. */
  readonly #implied: (Term | undefined)[] = [undefined, undefined];

  term(term: Term): number {
    return this.#place(`${term.kind} ${term.from} ${term.to}`, { is: 'term', term }, term);
  }

  both(left: number, right: number): number {
    if (left === nothing || right === nothing) return nothing;
    if (left === everything || left === right) return right;
    if (right === everything) return left;
    const [one, other] = [this.#implied[left], this.#implied[right]];
    if (this.#isTerm(left) && one && other && isWithin(other, one)) return right;
    if (this.#isTerm(right) && one && other && isWithin(one, other)) return left;
    // The right one is deeper in the program, and tells more: hosts rather than Ethernet types.
    return this.#place(`${left} & ${right}`, { is: 'both', left, right }, other ?? one);
  }

  either(left: number, right: number): number {
    if (left === everything || right === everything) return everything;
    if (left === nothing || left === right) return right;
    if (right === nothing) return left;
    return this.#place(
      `${left} | ${right}`,
      { is: 'either', left, right },
      hull(this.#implied[left], this.#implied[right]),
    );
  }

  /** The condition that a node is, without the nodes that it does not need. */
  condition(whole: number): Condition {
    const needed = new Set([whole]);
    for (let place = whole; place >= 0; place -= 1) {
      const node = this.#nodes[place];
      if (!needed.has(place) || node === undefined || !('left' in node)) continue;
      needed.add(node.left).add(node.right);
    }
    const places = new Map([...needed].sort((one, other) => one - other).map((place, at) => [place, at]));
    const moved = (place: number): number => places.get(place) ?? everything;
    return [...places.keys()].flatMap((place): Node[] => {
      const node = this.#nodes[place];
      if (node === undefined) return [];
      return 'left' in node ? [{ is: node.is, left: moved(node.left), right: moved(node.right) }] : [node];
    });
  }

  #isTerm(place: number): boolean {
    return this.#nodes[place]?.is === 'term';
  }

  #place(key: string, node: Node, implied: Term | undefined): number {
    const present = this.#places.get(key);
    if (present !== undefined) return present;
    this.#implied.push(implied);
    const place = this.#nodes.push(node) - 1;
    this.#places.set(key, place);
    return place;
  }
}

function isWithin(inner: Term, outer: Term): boolean {
  return inner.kind === outer.kind && inner.from >= outer.from && inner.to <= outer.to;
}

/** The narrowest term that takes in both. */
function hull(one: Term | undefined, other: Term | undefined): Term | undefined {
  if (one === undefined || other === undefined || one.kind !== other.kind) return undefined;
  return {
    kind: one.kind,
    from: one.from < other.from ? one.from : other.from,
    to: one.to > other.to ? one.to : other.to,
  };
}
