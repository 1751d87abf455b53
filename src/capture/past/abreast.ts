import type { RecordFormat } from '../savefile.ts';
import { mergeRecords } from './merge.ts';
import type { Append } from './scan.ts';

/**
 * Scans several rings side by side and appends what they find merged, record by record; yields what each of the scans says as it comes.
 * A scan's matches wait until they are merged, and its next ones with them: no ring is ahead of the others by more than it may hold.
 * @param scans of a ring each, given where its matches go
 * @param leave lets the scans end wherever they are: called when nobody reads on, or one of them fails
 */
export async function* scanAbreast<Told>(
  scans: readonly ((append: Append) => AsyncGenerator<Told>)[],
  { append, format, leave }: { readonly append: Append; readonly format: RecordFormat; readonly leave: () => void },
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
  const next = new Map<Running, Promise<{ from: Running; step: IteratorResult<Told> }>>();
  const goOn = (from: Running) => {
    // Behind the others: none may be heard so often that another is not.
    next.delete(from);
    next.set(
      from,
      from.scan.next().then((step) => ({ from, step })),
    );
  };
  try {
    for (const one of running) goOn(one);
    while (next.size > 0) {
      const { from, step } = await Promise.race(next.values());
      if (step.done === true) {
        next.delete(from);
        from.handover.end();
        continue;
      }
      yield step.value;
      goOn(from);
    }
    await merging;
  } finally {
    leave();
    for (const handover of handovers) handover.refuse(new Error('nobody takes it any more'));
    await Promise.allSettled([...next.values(), merging]);
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
  };
}
