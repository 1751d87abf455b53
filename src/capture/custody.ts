import { constants } from 'node:fs';
import { access, chmod, chown, lstat, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Capture, Kind, Millis } from './capture.ts';
import { CaptureError } from './errors.ts';
import { savefileName } from './filename.ts';
import { tokenOf } from './process.ts';
import { toolVersions } from './tcpdump.ts';
import { cannotWrite } from './unwritable.ts';

/** Where savefiles are kept, and for whom. */
export interface Place {
  readonly sensor: string;
  readonly directory: string;
  readonly group: string | null;
}

/** Owner may write until it is complete, the group reads, nobody else. */
export const savefileMode = 0o640;

/**
 * The names that files have already, in a directory that another can be added to.
 * @throws CaptureError `no_room` when the captures directory cannot be looked into or written to
 */
export async function namesIn({ directory }: Place): Promise<ReadonlySet<string>> {
  try {
    // Asked before anything is registered: an order that is refused leaves nothing behind.
    await access(directory, constants.W_OK | constants.X_OK);
    return new Set(await readdir(directory));
  } catch (cause) {
    return cannotWrite(directory, cause);
  }
}

/** A savefile's name that is not taken. */
export function freeName(
  order: { readonly kind: Kind; readonly analyst: string; readonly description: string; readonly startedAt: Millis },
  isTaken: (name: string) => boolean,
): string {
  for (let copy = 1; ; copy += 1) {
    const name = savefileName(order.kind, order, order.startedAt, copy);
    if (!isTaken(name)) return name;
  }
}

/**
 * Creates a savefile that nobody else has created, for its mode to be right before the first packet is in it.
 * @throws CaptureError `no_room` when the captures directory is not writable or the disk is full
 */
export async function createSavefile(path: string) {
  try {
    return await open(
      path,
      constants.O_CREAT | constants.O_EXCL | constants.O_RDWR | constants.O_NOFOLLOW,
      savefileMode,
    );
  } catch (cause) {
    return cannotWrite(path, cause);
  }
}

/**
 * Seals a complete savefile: ours again (tcpdump leaves it to its own user), readable by the group, with a JSON sidecar that explains
 * it when it leaves the sensor. May be done again: the result is the same.
 * @param nets of its list of hosts
 * @throws CaptureError `no_room` when the sidecar cannot be written
 */
export async function seal(place: Place, capture: Capture, nets: readonly string[]): Promise<void> {
  const path = join(place.directory, capture.savefile);
  const gid = place.group === null ? (process.getgid?.() ?? -1) : await groupId(place.group);
  const own = async (file: string) => {
    if (process.getuid?.() === 0 || place.group !== null) await chown(file, process.getuid?.() ?? -1, gid);
    await chmod(file, savefileMode);
  };
  await own(path);
  const sidecar = { ...explained(place, capture, nets), tools: await toolVersions() };
  // Written under another name, then renamed: a sidecar is whole or not there.
  const temporary = `${path}.json.${process.pid}`;
  await removeDeadSidecars(place.directory, `${capture.savefile}.json.`);
  try {
    await writeFile(temporary, `${JSON.stringify(sidecar, null, 2)}\n`, { mode: savefileMode });
    await own(temporary);
    await rename(temporary, `${path}.json`);
  } catch (cause) {
    await rm(temporary, { force: true });
    cannotWrite(temporary, cause);
  }
}

/** Removes what processes left that were killed while they wrote a sidecar. */
async function removeDeadSidecars(directory: string, beginning: string): Promise<void> {
  for (const name of await readdir(directory)) {
    const pid = name.startsWith(beginning) ? Number(name.slice(beginning.length)) : Number.NaN;
    if (Number.isInteger(pid) && tokenOf(pid) === undefined) await rm(join(directory, name), { force: true });
  }
}

/** What a sidecar says of a capture, but for the tools' versions. @param nets of its list of hosts */
export function explained(place: Place, capture: Capture, nets: readonly string[]) {
  const { channel, path, progress, version, hosts, join: _, joined, approvedBy, ...rest } = capture;
  return {
    ...{ sensor: place.sensor, ...rest, startedAt: iso(capture.startedAt), endedAt: iso(capture.endedAt) },
    // Sidecars of captures without a list are those of older releases.
    ...(hosts === null ? {} : { hosts: { ...hosts, nets } }),
    ...(joined === null ? {} : { joined }),
    ...(approvedBy === null ? {} : { approvedBy }),
  };
}

/** Whether there is such a file, itself and not what a link points to. */
export async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

/** @throws CaptureError `bad_request` when the group does not exist */
async function groupId(name: string): Promise<number> {
  const { execa } = await import('execa');
  const { stdout } = await execa('getent', ['group', '--', name], { reject: false });
  const gid = Number(stdout.split(':')[2]);
  if (!stdout || !Number.isInteger(gid))
    throw new CaptureError('bad_request', `group: there is no group ${name} on this sensor`);
  return gid;
}

function iso(at: Millis | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
