import { CaptureError } from './errors.ts';

/** Turns what the file system says of a write into what the analyst can do. */
export function cannotWrite(path: string, cause: unknown): never {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      throw new CaptureError('no_room', `the disk is full: nothing more can be written to ${path}`, { cause });
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      throw new CaptureError(
        'no_room',
        `${path} is not writable for this user: mend its owner or mode, or run capture as root`,
        { cause },
      );
    case 'ENOENT':
      throw new CaptureError('no_room', `${path} cannot be made: is the captures directory there?`, { cause });
    case 'EEXIST':
      throw new CaptureError('conflict', `${path} is there already: try again`, { cause });
    default:
      throw cause;
  }
}
