import { link, lstat, unlink } from 'node:fs/promises';
import type { Millis } from '../../capture.ts';
import { CaptureError } from '../../errors.ts';
import type { PinnedFile } from '../../pin.ts';
import { openRingFile } from '../../ringfile.ts';
import { cannotWrite } from '../../unwritable.ts';
import type { RingFile } from '../ring.ts';
import { beginsAsPlanned, copyRingFile } from './copy.ts';
import { isNamedOnce } from './once.ts';

/** What became of a ring file that was to be pinned. */
export type Taken =
  | { readonly step: 'taken'; readonly how: PinnedFile['how']; readonly size: number; readonly part: string | null }
  | { readonly step: 'missed'; readonly why: string };

/** What linking came to: done, to be copied instead, or gone. */
type Linked = 'linked' | 'not here' | { readonly gone: string };

/**
 * Makes a further name for a ring file in a pin's directory, so that pruning it frees nothing; false where it must be copied: on another
 * file system, where the kernel forbids it (proc_sys_fs(5), protected_hardlinks), or where its logger would write over it.
 */
export async function linkRingFile(file: RingFile, to: string, now: Millis): Promise<Taken | false> {
  const { pinned } = file;
  // A copy that another pin has is as good as the file, when it has all of it.
  if (pinned !== null && pinned.size >= file.size) {
    const inode = await lstat(pinned.path).then(
      ({ ino }) => ino,
      () => undefined,
    );
    if (inode !== undefined && (await linkTo({ ...file, path: pinned.path, inode }, to)) === 'linked')
      return {
        step: 'taken',
        how: pinned.how,
        size: pinned.how === 'copy' ? pinned.size : file.size,
        part: pinned.part,
      };
  }
  if (!isNamedOnce(file.name, file.firstAt, now)) return false;
  const linked = await linkTo(file, to);
  if (linked === 'not here') return false;
  if (linked !== 'linked') return { step: 'missed', why: linked.gone };
  return { step: 'taken', how: 'link', size: file.size, part: null };
}

async function linkTo(file: RingFile, to: string): Promise<Linked> {
  try {
    // link(2) follows no symbolic link on Linux.
    await link(file.path, to);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    switch (code) {
      case 'EXDEV':
      case 'EPERM':
      case 'EMLINK':
      case 'ENOTSUP':
      case 'EOPNOTSUPP':
        return 'not here';
      case 'ENOENT':
        return { gone: 'it was pruned before it was pinned' };
      default:
        return cannotWrite(to, error);
    }
  }
  // The name may have been another file's by then.
  const now = await lookAt(file, to);
  if (now === null) return 'linked';
  await unlink(to);
  return { gone: now };
}

/** What is wrong with a link that was just made; null when it is the file that was meant. */
async function lookAt(planned: RingFile, to: string): Promise<string | null> {
  const { ino } = await lstat(to);
  if (ino !== planned.inode) return 'another file has its name now';
  const file = await openRingFile(to);
  try {
    return (await beginsAsPlanned(file, planned)) ? null : 'its logger began it anew';
  } finally {
    await file.close();
  }
}

/**
 * Copies a ring file into a pin's directory, from where another pin holds it when the ring has it no more.
 * @param allow throws when no so many further bytes may be written
 * @throws CaptureError `no_room` when it cannot be written; the signal's reason when that aborts
 */
export async function copyToPin(
  file: RingFile,
  to: string,
  allow: (bytes: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Taken> {
  try {
    const copied = await copyRingFile(file, to, allow, signal);
    if (copied.step === 'pruned') return { step: 'missed', why: copied.why };
    return { step: 'taken', how: 'copy', size: copied.bytes, part: copied.part };
  } catch (error) {
    // What cannot be read is told of that file; what cannot be written ends the pin.
    if (error instanceof CaptureError || signal.aborted || !isUnreadable(error)) throw error;
    return { step: 'missed', why: error.message };
  }
}

function isUnreadable(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && ['EACCES', 'EIO', 'ELOOP', 'ESTALE'].includes(String(error.code));
}
