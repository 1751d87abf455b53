import { readlinkSync } from 'node:fs';
import { userInfo } from 'node:os';
import { isatty } from 'node:tty';
import type { Origin } from '../capture/analyst.ts';
import { readShellIdentity } from '../environment.ts';

/** Who is at the shell: the login behind sudo where there is one to be believed, else the process's own user; and the terminal. */
export function shellOrigin(state: string): Origin {
  const { login, remoteHost } = readShellIdentity(state);
  return { door: 'shell', login: login ?? ownLogin(), tty: terminalName(), remoteHost };
}

function ownLogin(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without an entry in the user database has no name; its number is no analyst's login.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}

/** `pts/3`; null where none of the standard streams is a terminal. */
function terminalName(): string | null {
  const stream = [0, 1, 2].find((descriptor) => isatty(descriptor));
  if (stream === undefined) return null;
  try {
    return readlinkSync(`/proc/self/fd/${stream}`).replace(/^\/dev\//, '');
  } catch {
    return null;
  }
}
