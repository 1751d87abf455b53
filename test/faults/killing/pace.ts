import type { Door, Phase } from './plan.ts';

/** What a phase takes at a door, here and now, as it was measured lately: so the instants of kills fall all over it. Milliseconds. */
export class Pace {
  readonly #lately = new Map<string, number>([['stop limit', 3_000]]);

  of(phase: Phase, door: Door | 'limit'): number {
    return this.#lately.get(`${phase} ${door}`) ?? 3_000;
  }

  took(phase: Phase, door: Door | 'limit', millis: number): void {
    if (door === 'limit') return;
    const before = this.#lately.get(`${phase} ${door}`);
    this.#lately.set(`${phase} ${door}`, before === undefined ? millis : before * 0.7 + millis * 0.3);
  }
}

/** What is left of a phase once the registry shows a trace of it: a start's tcpdump comes up; a stop waits for the last block. */
export const afterTrace: Readonly<Record<Phase, number>> = { start: 500, running: 300, stop: 1_500 };
