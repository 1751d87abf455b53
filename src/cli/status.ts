import { stat } from 'node:fs/promises';
import type { Capture } from '../capture/capture.ts';
import type { FileStatus } from './print.ts';

/** A capture and what the file system says of its file. */
export async function withStatus(capture: Capture): Promise<{ capture: Capture; status: FileStatus }> {
  try {
    const found = await stat(capture.path);
    const status = {
      bytes: found.size,
      modifiedAt: found.mtimeMs,
      accessedAt: found.atimeMs,
      changedAt: found.ctimeMs,
    };
    return { capture, status };
  } catch {
    // Moved or deleted by somebody, or not ours to look at: the registry's facts are still worth printing.
    return { capture, status: null };
  }
}
