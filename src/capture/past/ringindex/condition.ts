import type { AddressTable } from '../../indicators.ts';
import type { Kind, Term } from './terms.ts';

/**
 * What every packet that an expression selects is known to fulfil: `everything` is known of all packets, `nothing` means that none is
 * selected, a `term` that the packet has it, `listed` that it has one of a table's addresses. `both` and `either` name two nodes by their places, which are before their own, so that nothing
 * has to descend: a condition of thousands of hosts is thousands of nodes deep.
 */
export type Node =
  | { readonly is: 'everything' }
  | { readonly is: 'nothing' }
  | { readonly is: 'term'; readonly term: Term }
  | { readonly is: 'listed'; readonly table: AddressTable }
  | { readonly is: 'both' | 'either'; readonly left: number; readonly right: number };

/** Its last node is the whole. */
export type Condition = readonly Node[];

/** Two conditions as one. */
export function combined(is: 'both' | 'either', one: Condition, other: Condition): Condition {
  const moved = other.map((node) =>
    'left' in node ? { ...node, left: node.left + one.length, right: node.right + one.length } : node,
  );
  return [...one, ...moved, { is, left: one.length - 1, right: one.length + other.length - 1 }];
}

export const everything = 0;
export const nothing = 1;

/** Builds a condition from its leaves on; the same node is there once, and what another says already is left out. */
export class ConditionBuilder {
  readonly #nodes: Node[] = [{ is: 'everything' }, { is: 'nothing' }];
  readonly #places = new Map<string, number>();
  /** For each node the terms that every packet of it has, as far as they are known: one of a kind. */
  readonly #implied: Implied[] = [{}, {}];

  term(term: Term): number {
    return this.#place(`${term.kind} ${term.from} ${term.to}`, { is: 'term', term }, { [term.kind]: term });
  }

  both(left: number, right: number): number {
    if (left === nothing || right === nothing) return nothing;
    if (left === everything || left === right) return right;
    if (right === everything) return left;
    const [one, other] = [this.#impliedBy(left), this.#impliedBy(right)];
    if (isSaidBy(this.#nodes[left], other)) return right;
    if (isSaidBy(this.#nodes[right], one)) return left;
    return this.#place(`${left} & ${right}`, { is: 'both', left, right }, narrowest(one, other));
  }

  either(left: number, right: number): number {
    if (left === everything || right === everything) return everything;
    if (left === nothing || left === right) return right;
    if (right === nothing) return left;
    const implied = widest(this.#impliedBy(left), this.#impliedBy(right));
    return this.#place(`${left} | ${right}`, { is: 'either', left, right }, implied);
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

  #impliedBy(place: number): Implied {
    return this.#implied[place] ?? {};
  }

  #place(key: string, node: Node, implied: Implied): number {
    const present = this.#places.get(key);
    if (present !== undefined) return present;
    this.#implied.push(implied);
    const place = this.#nodes.push(node) - 1;
    this.#places.set(key, place);
    return place;
  }
}

type Implied = Readonly<Partial<Record<Kind, Term>>>;

/** Whether a node is a term that is implied already. */
function isSaidBy(node: Node | undefined, implied: Implied): boolean {
  return node?.is === 'term' && isWithin(implied[node.term.kind], node.term);
}

function isWithin(inner: Term | undefined, outer: Term): boolean {
  return inner !== undefined && inner.from >= outer.from && inner.to <= outer.to;
}

/** The terms of either; of two of a kind the narrower. */
function narrowest(one: Implied, other: Implied): Implied {
  const implied: Partial<Record<Kind, Term>> = { ...one, ...other };
  for (const term of Object.values(one)) if (isWithin(term, implied[term.kind] ?? term)) implied[term.kind] = term;
  return implied;
}

/** Of each kind that both have, the narrowest term that takes in both. */
function widest(one: Implied, other: Implied): Implied {
  const implied: Partial<Record<Kind, Term>> = {};
  for (const term of Object.values(one)) {
    const { kind, from, to } = term;
    const second = other[kind];
    if (second === undefined) continue;
    implied[kind] = { kind, from: from < second.from ? from : second.from, to: to > second.to ? to : second.to };
  }
  return implied;
}
