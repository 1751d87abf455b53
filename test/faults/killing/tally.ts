import type { Phase, Victim } from './plan.ts';

/** What was done and found over all rounds. */
export class Tally {
  rounds = 0;
  readonly #kills = new Map<string, number>();
  readonly #missed = new Map<string, number>();
  readonly #states = new Map<string, number>();
  packets = 0;
  /** Orders whose process was killed between asking and settling. */
  cutOff = 0;
  readonly violations: string[] = [];

  /** A kill that was planned; `hit` unless its victim had ended before. */
  kill(victim: Victim, phase: Phase, hit: boolean): void {
    more(hit ? this.#kills : this.#missed, `${victim} at ${phase}`);
  }

  /** How a round's capture ended; `none` where its order was killed before there was one. */
  ended(state: string): void {
    more(this.#states, state);
  }

  get kills(): number {
    return sum(this.#kills);
  }

  lines(): string[] {
    return [
      `rounds: ${this.rounds}`,
      `kills: ${sum(this.#kills)} (${inWords(this.#kills)})`,
      `victims that had ended before: ${sum(this.#missed)} (${inWords(this.#missed)})`,
      `orders cut off between what was asked and what came of it: ${this.cutOff}`,
      `captures by final state: ${inWords(this.#states)}`,
      `packets that were sent while a capture surely ran: ${this.packets}`,
      `violations: ${this.violations.length}`,
      ...this.violations,
    ];
  }
}

function more(counts: Map<string, number>, what: string): void {
  counts.set(what, (counts.get(what) ?? 0) + 1);
}

function sum(counts: ReadonlyMap<string, number>): number {
  return counts.values().reduce((all, count) => all + count, 0);
}

function inWords(counts: ReadonlyMap<string, number>): string {
  return [...counts]
    .sort()
    .map(([what, count]) => `${what} ${count}`)
    .join(', ');
}
