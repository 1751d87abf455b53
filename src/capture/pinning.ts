import type { Actor } from './analyst.ts';
import { oneAtATime } from './duties.ts';
import type { Pin, Pinboard, PinOrder } from './pin.ts';
import { ask, noteLook, type Order, type Room } from './room.ts';

/** The part of the engine's door that keeps ring files from being pruned. */
export interface Pinning {
  /**
   * Pins the ring files of a window. Aborting the signal undoes it.
   * @throws CaptureError `bad_request`, `not_allowed`, `not_found` when there is no such ring or it holds nothing of the window, `no_room`; the
   * signal's reason
   */
  pin(order: PinOrder, actor: Actor, signal: AbortSignal): Promise<Pin>;
  /**
   * Lets go of what a pin holds; nothing in the ring is touched.
   * @throws CaptureError `not_found`, `conflict` when it is not held, `not_allowed` when it is not theirs
   */
  unpin(id: string, actor: Actor): Promise<Pin>;
  /** What is pinned, oldest first. */
  pins(actor: Actor): Promise<Pinboard>;
  /** The same for a report; not an order, so not in the audit log. */
  pinboard(): Pinboard;
  /** Ends what was cut off and releases what is over its time; never two at a time. `supervise` does it every minute. */
  tendPins(): Promise<void>;
}

/** @returns with `leave`, which lets what is under way come to its end before the registry closes */
export function openPinning(room: Room): Pinning & { leave(): Promise<void> } {
  const ending = new AbortController();
  const tend = oneAtATime(async () => (await import('./past/pinning/tend.ts')).tendPins(room, ending.signal));
  const pinboard = (): Pinboard => ({
    pins: room.pins.open(),
    used: room.pins.used(),
    limit: room.config.pins.size,
  });
  const under = new Set<Promise<unknown>>();
  const ordered = async <Result>(verb: string, actor: Actor, act: (asked: Order) => Promise<Result>) => {
    const asked = await ask(room, verb, actor);
    const carriedOut = act(asked);
    under.add(carriedOut);
    try {
      return await carriedOut;
    } catch (error) {
      await asked.fail(error);
      throw error;
    } finally {
      under.delete(carriedOut);
    }
  };
  return {
    pin: (order, actor, signal) =>
      ordered('pin', actor, async (asked) =>
        (await import('./past/pinning/order.ts')).pinWindow(room, order, actor, { asked, signal }),
      ),
    unpin: (id, actor) =>
      ordered('unpin', actor, async (asked) => {
        await tend.now();
        return (await import('./past/pinning/release.ts')).unpin(room, id, actor, asked);
      }),
    pins: async (actor) => {
      await noteLook(room, { verb: 'pin', actor, capture: null, outcome: 'done' });
      await tend.now();
      return pinboard();
    },
    pinboard,
    tendPins: tend.now,
    leave: async () => {
      ending.abort();
      await Promise.allSettled([tend.under(), ...under]);
    },
  };
}
