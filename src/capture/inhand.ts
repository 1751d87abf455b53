import type { RequestId } from './approval.ts';
import type { CaptureId } from './capture.ts';
import type { PinId } from './pin.ts';

/** What a process may have in hand. */
export type InHandId = CaptureId | PinId | RequestId;

/** Captures, pins and requests, each held as often as it was added: two who hold one do not let go for each other. */
export class Held {
  readonly #times = new Map<InHandId, number>();

  has(id: InHandId): boolean {
    return this.#times.has(id);
  }

  add(id: InHandId): void {
    this.#times.set(id, (this.#times.get(id) ?? 0) + 1);
  }

  delete(id: InHandId): void {
    const left = (this.#times.get(id) ?? 0) - 1;
    if (left > 0) this.#times.set(id, left);
    else this.#times.delete(id);
  }
}

const heldByState = new Map<string, Held>();

/** What this process has in hand of an installation, in whichever of its engines. */
export function inHandOf(state: string): Held {
  const known = heldByState.get(state) ?? new Held();
  heldByState.set(state, known);
  return known;
}
