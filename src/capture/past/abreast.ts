import type { RecordFormat } from '../savefile.ts';
import { mergeRecords } from './merge.ts';
import type { Append } from './scan.ts';

/**
 * Scans several rings side by side and appends what they find merged, record by record; yields what each of the scans says as it comes.
 * A scan's matches wait until they are merged, and its next ones with them: no ring is ahead of the others by more than it may hold.
 * @param scans of a ring each, given where its matches go
 */
export async function* scanAbreast<Told>(
  scans: readonly ((append: Append) => AsyncGenerator<Told>)[],
  { append, format }: { readonly append: Append; readonly format: RecordFormat },
): AsyncGenerator<Told> {
  const handovers = scans.map(openHandover);
  const running = scans.flatMap((scan, at) => {
    const handover = handovers[at];
    return handover === undefined ? [] : [{ scan: scan(handover.append), handover }];
  });
  const merging = mergeInto(append, handovers, format);
  // Told where it is awaited, and to the scans; until then it must not count as unhandled.
  merging.catch((error) => {
    for (const handover of handovers) handover.refuse(error);
  });
  type Running = (typeof running)[number];
  const underWay = new Map<Running, Promise<IteratorResult<Told>>>();
  const heard: Running[] = [];
  let wake = () => {};
  // In a queue, not a race: each look at that would be remembered by a scan that waits for long.
  const goOn = (from: Running) => {
    const step = from.scan.next();
    const tell = () => {
      heard.push(from);
      wake();
    };
    step.then(tell, tell);
    underWay.set(from, step);
  };
  try {
    for (const one of running) goOn(one);
    while (underWay.size > 0) {
      const from = heard.shift();
      if (from === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
        continue;
      }
      const step = await underWay.get(from);
      if (step === undefined || step.done === true) {
        underWay.delete(from);
        from.handover.end();
        continue;
      }
      yield step.value;
      goOn(from);
    }
    await merging;
  } finally {
    for (const handover of handovers) handover.leave(new Error('nobody takes it any more'));
    // Each comes to its next step, or to what it cannot append any more.
    await Promise.allSettled([...underWay.values(), merging]);
    await Promise.allSettled(running.map(({ scan }) => scan.return(undefined)));
  }
}

async function mergeInto(append: Append, handovers: readonly Handover[], format: RecordFormat): Promise<void> {
  for await (const records of mergeRecords(
    handovers.map((handover) => handover.taken()),
    format,
  ))
    await append(records);
}

/** Where one ring's matches go from who finds them to who merges them, a buffer at a time. */
interface Handover {
  /** Resolves once the buffer is merged and appended. */
  readonly append: Append;
  taken(): AsyncGenerator<Buffer>;
  /** Nothing more comes. */
  end(): void;
  /** Nothing is taken any more: what waits, and whoever comes later, is told why. */
  refuse(error: unknown): void;
  /** What waits is still merged, and counts; whoever comes later is told why nothing is taken any more. */
  leave(error: unknown): void;
}

function openHandover(): Handover {
  interface Offer {
    readonly records: Buffer;
    readonly taken: () => void;
    readonly refused: (error: unknown) => void;
  }
  let offer: Offer | undefined;
  let isOver = false;
  let refusal: { readonly error: unknown } | undefined;
  let wake = () => {};
  return {
    append: (records) =>
      new Promise((taken, refused) => {
        if (refusal !== undefined) return refused(refusal.error);
        offer = { records, taken, refused };
        wake();
      }),
    taken: async function* () {
      for (;;) {
        if (offer !== undefined) {
          const { records, taken } = offer;
          yield records;
          offer = undefined;
          taken();
        } else if (isOver) return;
        else
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
      }
    },
    end: () => {
      isOver = true;
      wake();
    },
    refuse: (error) => {
      refusal ??= { error };
      isOver = true;
      offer?.refused(error);
      offer = undefined;
      wake();
    },
    leave: (error) => {
      refusal ??= { error };
      isOver = true;
      wake();
    },
  };
}
