import { type FileHandle, open } from 'node:fs/promises';
import { CaptureError } from './errors.ts';

/** Who waits for the disk without keeping the event loop from other work. */
export interface OnDisk {
  /**
   * Resolves once all that was written into the registry before, by any process, is on the disk: what `unsynced` wrote, too. All who wait at
   * the same time wait for one look at the disk.
   * @throws CaptureError `tool_failed` when the disk does not take it
   */
  (): Promise<void>;
  /** Lets go of the file; whoever still waits is told first. */
  close(): Promise<void>;
}

/**
 * Waits for the registry's write-ahead log: a commit that is not synced is in that file, or was synced out of it by a checkpoint.
 * @param file the registry
 */
export function openOnDisk(file: string): OnDisk {
  let log: Promise<FileHandle> | undefined;
  let under: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const sync = async () => {
    // A sync that has begun says nothing of what is written from here on.
    next = undefined;
    try {
      log ??= open(`${file}-wal`, 'r');
      await (await log).datasync();
    } catch (cause) {
      log = undefined;
      const why = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
      throw new CaptureError(
        'tool_failed',
        `the disk does not take the registry ${file} (${why}): look at it with dmesg`,
        {
          cause,
        },
      );
    }
  };
  const onDisk = () => {
    if (next === undefined) {
      const wanted = under.catch(() => undefined).then(sync);
      next = wanted;
      under = wanted;
    }
    return next;
  };
  const close = async () => {
    await under.catch(() => undefined);
    await (await log)?.close();
    log = undefined;
  };
  return Object.assign(onDisk, { close });
}
