import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Capture, Counts, Facts, JoinedPart } from '../capture.ts';
import { isThere } from '../custody.ts';
import { digestOf, fingerprint, openSavefile } from '../digest.ts';
import { CaptureError } from '../errors.ts';
import { counted } from '../quantities.ts';

/** A complete savefile that goes into a joined one. */
export interface Part extends JoinedPart {
  readonly path: string;
  readonly facts: Facts;
}

/** The savefiles of an order's captures, those from before a reboot among them, in the order in which they began. */
export function partsOf(captures: readonly Capture[], directory: string): Part[] {
  return captures.flatMap((capture) =>
    [...capture.earlier, capture].flatMap(({ savefile, sha256, facts, bytes }) => {
      if (sha256 === null || facts === null) return [];
      const path = join(directory, savefile);
      return [
        { capture: capture.id, savefile, sha256, bytes: bytes ?? facts.fileBytes, packets: facts.packets, facts, path },
      ];
    }),
  );
}

/** Those that have packets; one at least, whose linktype an empty joined savefile has. */
export function withPackets(parts: readonly Part[]): readonly Part[] {
  const some = parts.filter(({ packets }) => packets > 0);
  return some.length > 0 ? some : parts.slice(0, 1);
}

/** What the joined savefile lacks because its parts do, in words; none where it lacks nothing. */
export function lackingIn(captures: readonly Capture[], parts: readonly Part[]): string[] {
  return captures.flatMap((capture) => {
    const ended = unfinished[capture.state];
    const own = parts.filter((part) => part.capture === capture.id);
    const cut = own.filter(({ facts }) => facts.cutAt !== null).length;
    const dropped = [capture, ...capture.earlier].reduce((sum, { counts }) => sum + droppedIn(counts), 0);
    return [
      ...(ended === undefined ? [] : [`${capture.id} ${ended}`]),
      ...(own.length === 0 ? [`${capture.id} has no savefile`] : []),
      ...(cut === 0 ? [] : [`a last packet of ${capture.id} that is not whole is left out`]),
      ...(dropped === 0 ? [] : [`the kernel dropped ${counted(dropped, 'packet')} of ${capture.id}`]),
    ];
  });
}

const unfinished: Readonly<Partial<Record<Capture['state'], string>>> = {
  cancelled: 'was cancelled',
  died: 'died',
  failed: 'failed',
};

function droppedIn(counts: Counts | null): number {
  return counts?.droppedByKernel ?? 0;
}

/**
 * Reads each part for its digest, and says what tells each file from every other state of it.
 * @throws CaptureError `conflict` where one is not what it was when it ended; the signal's reason
 */
export async function checkParts(parts: readonly Part[], signal: AbortSignal): Promise<string[]> {
  const states: string[] = [];
  for (const part of parts) {
    if (!(await isThere(part.path)))
      throw new CaptureError('conflict', `the savefile of ${part.capture} is gone: ${part.savefile}`);
    const file = await openSavefile(part.path);
    try {
      for await (const step of digestOf(file, signal)) {
        if (step.step !== 'made') continue;
        if (step.sha256 !== part.sha256) throw changed(part);
        states.push(step.file);
      }
    } finally {
      await file.close();
    }
  }
  return states;
}

/** Whether the parts are still the files that were checked. @throws CaptureError `conflict` where one is not */
export async function areStill(parts: readonly Part[], states: readonly string[]): Promise<void> {
  for (const [at, part] of parts.entries()) {
    const now = await stat(part.path, { bigint: true }).catch(() => undefined);
    if (now === undefined || fingerprint(now) !== states[at]) throw changed(part);
  }
}

function changed({ capture, savefile }: Part): CaptureError {
  return new CaptureError(
    'conflict',
    `the savefile of ${capture} is not what it was when it ended: ${savefile}; capture verify ${capture} says more`,
  );
}
