import { constants } from 'node:fs';
import { lstat, open, unlink } from 'node:fs/promises';
import type { Millis } from './capture.ts';
import { digestOf, fingerprint, openSavefile } from './digest.ts';
import type { HeldSavefile, Retained } from './evidence.ts';
import type { CustodyFinding } from './holdings.ts';
import { freeBytes } from './limits.ts';
import { isAlive } from './process.ts';
import { durationInWords, sizeInWords } from './quantities.ts';
import type { Room } from './room.ts';

/** Savefiles of one look into the registry. */
const pageSize = 100;

/**
 * Deletes complete savefiles as the configuration's `retention` says: those that ended longer than `finished` ago, then the oldest until
 * `keepFree` bytes are free. Without that section nothing is deleted. A savefile that is not what the registry says is left and told.
 * May be killed at any instant: the next pass ends what was begun.
 * @param signal ends the pass between two savefiles, and the reading of one
 */
export async function retainSavefiles(room: Room, signal: AbortSignal): Promise<Retained> {
  const pass: Pass = { room, signal, deleted: [], left: [] };
  await finishDeletions(pass);
  const { finished, keepFree } = room.config.retention ?? { finished: null, keepFree: null };
  if (finished !== null) await deleteOld(pass, finished);
  if (keepFree !== null) await makeRoom(pass, keepFree);
  return { deleted: pass.deleted, left: pass.left };
}

interface Pass {
  readonly room: Room;
  readonly signal: AbortSignal;
  readonly deleted: HeldSavefile[];
  readonly left: { readonly held: HeldSavefile; readonly why: string }[];
}

async function deleteOld(pass: Pass, longest: Millis): Promise<void> {
  for (const held of oldestFirst(pass, pass.room.now() - longest)) {
    await deleteOne(pass, held, `it ended more than ${durationInWords(longest)} ago (retention.finished)`);
  }
}

async function makeRoom(pass: Pass, keepFree: number): Promise<void> {
  const { room } = pass;
  const atFirst = await freeBytes(room);
  let freed = 0;
  for (const held of oldestFirst(pass, room.now())) {
    // What was freed is counted, too: where somebody holds a deleted file open, no more must be deleted in vain.
    if (atFirst + freed >= keepFree || (await freeBytes(room)) >= keepFree) return;
    const free = `${sizeInWords(atFirst + freed)} of ${sizeInWords(keepFree)}`;
    const why = `it was the oldest, and ${free} were free (retention.keepFree)`;
    freed += await deleteOne(pass, held, why);
  }
}

function* oldestFirst({ room, signal }: Pass, before: Millis): Generator<HeldSavefile, void, undefined> {
  for (let behind: HeldSavefile | null = null; ; ) {
    const page: HeldSavefile[] = room.holdings.deletable(before, behind, pageSize);
    for (const held of page) {
      if (signal.aborted) return;
      yield held;
    }
    behind = page.at(-1) ?? null;
    if (behind === null) return;
  }
}

/** Deletes a savefile that is what the registry says; returns the bytes of disk that this frees. */
async function deleteOne(pass: Pass, held: HeldSavefile, why: string): Promise<number> {
  const { room } = pass;
  const looked = await look(pass, held);
  if (looked.as !== 'held') {
    if (looked.as === 'left') await tellLeft(pass, held, looked);
    return 0;
  }
  const asked = await begin(room, held, { why, file: looked.file });
  if (asked === undefined) return 0;
  try {
    // Replaced since it was read: then it is not ours to delete.
    if ((await fingerprintOf(held.path)) !== looked.file) throw new Error('it was replaced while its digest was made');
    await removeFiles(room, held);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const fail = room.database.transaction(() => {
      room.holdings.decide(held, { finding: 'unreadable', detail: reason, file: looked.file });
      room.audit.settle(asked, 'failed', held.capture, `${held.savefile} was not deleted: ${reason}`);
    });
    await room.patiently(fail);
    pass.left.push({ held, why: reason });
    return 0;
  }
  const note = room.database.transaction(() => {
    room.holdings.noteDeleted(held, why);
    room.audit.settle(asked, 'done', held.capture, deletedInWords(held, why));
  });
  await room.patiently(note);
  room.log.info({ capture: held.capture, savefile: held.savefile, why }, 'savefile deleted');
  pass.deleted.push(held);
  return looked.freed;
}

/** No name of ours: whoever wrote it into the registry must not have us delete something elsewhere. */
function isForeign({ savefile }: HeldSavefile): boolean {
  return !/^[A-Za-z0-9._-]+\.pcap$/.test(savefile);
}

type Look =
  | { readonly as: 'held'; readonly file: string; readonly freed: number }
  | { readonly as: 'left'; readonly finding: CustodyFinding; readonly why: string; readonly file: string | null }
  /** Left and told by an earlier pass, and the same since. */
  | { readonly as: 'told' }
  /** Not looked at to its end: the pass is to end. */
  | { readonly as: 'unknown' };

async function look({ room, signal }: Pass, held: HeldSavefile): Promise<Look> {
  const { finding, file: before } = room.holdings.custody(held.savefile) ?? { finding: null, file: null };
  const told = finding !== null && finding !== 'deleting' && finding !== 'holds' && finding !== 'hashed';
  if (isForeign(held)) {
    return told ? { as: 'told' } : { as: 'left', finding: 'unreadable', why: 'its name is none of ours', file: null };
  }
  let file: string | null = null;
  try {
    file = await fingerprintOf(held.path);
    if (told && before === file) return { as: 'told' };
    if (held.sha256 === null) return { as: 'left', finding: 'no digest', why: 'it has no digest: -m makes one', file };
    return await compare(held, held.sha256, signal);
  } catch (error) {
    if (signal.aborted) return { as: 'unknown' };
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return told && finding === 'vanished'
        ? { as: 'told' }
        : { as: 'left', finding: 'vanished', why: 'it is gone', file };
    }
    return { as: 'left', finding: 'unreadable', why: error instanceof Error ? error.message : String(error), file };
  }
}

async function compare(held: HeldSavefile, expected: string, signal: AbortSignal): Promise<Look> {
  const file = await openSavefile(held.path);
  try {
    const { nlink, blocks } = await file.stat();
    for await (const step of digestOf(file, signal)) {
      if (step.step !== 'made') continue;
      if (step.sha256 === expected) return { as: 'held', file: step.file, freed: nlink === 1 ? blocks * 512 : 0 };
      const why = `it was changed: SHA-256 ${step.sha256} of ${step.bytes} bytes, and it was ${expected} of ${held.bytes}`;
      return { as: 'left', finding: 'changed', why, file: step.file };
    }
    throw new Error('a digest without an end');
  } finally {
    await file.close();
  }
}

/** Claims the deletion and writes that it is to be: no entry, no act. Undefined where another process is at it. */
async function begin(
  room: Room,
  held: HeldSavefile,
  how: { readonly why: string; readonly file: string },
): Promise<number | undefined> {
  const claim = room.database.transaction(() => {
    if (isTaken(room, held)) return undefined;
    room.holdings.decide(held, { finding: 'deleting', detail: how.why, file: how.file });
    return room.audit.note({ ...ours(held), outcome: 'asked', detail: deletedInWords(held, how.why) });
  });
  return room.patiently(claim.immediate);
}

/** Whether it is deleted, or another process is at it. */
function isTaken(room: Room, held: HeldSavefile): boolean {
  const { finding, process } = room.holdings.custody(held.savefile) ?? { finding: null, process: '' };
  return finding === 'deleted' || (finding === 'deleting' && process !== room.self && isAlive(process));
}

/** Notes as deleted what a process that is gone had deleted, and not yet said so. */
async function finishDeletions(pass: Pass): Promise<void> {
  const { room } = pass;
  for (const held of room.holdings.beingDeleted()) {
    if (isTaken(room, held)) continue;
    // Still there: it is deleted again, from the first look on, if it is still to be.
    if ((await fingerprintOf(held.path).catch(() => null)) !== null) continue;
    await removeFiles(room, held);
    const why = room.holdings.custody(held.savefile)?.detail ?? 'no reason known';
    const note = room.database.transaction(() => {
      room.holdings.noteDeleted(held, why);
      const detail = `${deletedInWords(held, why)}; noted for a process that was gone`;
      room.audit.note({ ...ours(held), outcome: 'noted', detail });
    });
    await room.patiently(note);
    pass.deleted.push(held);
  }
}

/** Deletes a savefile and its sidecar; resolves once the disk has it so. */
async function removeFiles(room: Room, held: HeldSavefile): Promise<void> {
  await unlink(held.path).catch(unlessGone);
  const sidecar = `${held.path}.json`;
  const there = await lstat(sidecar).catch(unlessGone);
  if (there?.isFile()) await unlink(sidecar).catch(unlessGone);
  // The registry must not say deleted of what a power cut brings back.
  const directory = await open(room.place.directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

async function tellLeft(
  pass: Pass,
  held: HeldSavefile,
  { finding, why, file }: Extract<Look, { as: 'left' }>,
): Promise<void> {
  const { room } = pass;
  const tell = room.database.transaction(() => {
    // It is gone because another process deletes it.
    if (isTaken(room, held)) return false;
    room.holdings.decide(held, { finding, detail: why, file });
    const detail = `${held.savefile} was to be deleted, and is left: ${why}`;
    room.audit.note({ ...ours(held), outcome: 'noted', detail });
    return true;
  });
  if (!(await room.patiently(tell.immediate))) return;
  room.log.warn({ capture: held.capture, savefile: held.savefile, why }, 'savefile not deleted');
  pass.left.push({ held, why });
}

function ours({ capture, analyst }: HeldSavefile) {
  return { verb: 'delete', analyst: null, actingFor: analyst, origin: { door: 'engine' }, words: '', capture } as const;
}

function deletedInWords({ savefile, bytes, sha256 }: HeldSavefile, why: string): string {
  return `${savefile}, ${bytes ?? 'unknown'} bytes, SHA-256 ${sha256}: ${why}`;
}

async function fingerprintOf(path: string): Promise<string> {
  return fingerprint(await lstat(path, { bigint: true }));
}

function unlessGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
