import { close, open } from 'node:fs';
import { mkdir, open as openFile, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Capture } from '../capture.ts';
import { createSavefile, isThere } from '../custody.ts';
import { CaptureError } from '../errors.ts';
import { packetsLeft } from '../limits.ts';
import { untilNoted } from '../patience.ts';
import { endProcess, isAlive, type ProcessToken, signal, tokenOf } from '../process.ts';
import type { Room } from '../room.ts';
import { complaint, isListening, spawnLive } from '../tcpdump.ts';

/** A tcpdump that does not listen after this long never will. Milliseconds. */
const listeningTimeout = 10_000;
const pollEvery = 10;
/** What tcpdump gets to answer a signal before the next, stronger one. Milliseconds. */
export const patience = 5_000;
const longestWords = 16 * 1024;

/** Where a live capture's tcpdump says what it has to say. */
export function stderrFile(room: Room, id: string): string {
  return join(room.config.state, 'tcpdump', `${id}.stderr`);
}

/** The end of what a capture's tcpdump said; empty when there is nothing. */
export async function lastWords(room: Room, capture: Capture): Promise<string> {
  const file = await openFile(stderrFile(room, capture.id)).catch(() => undefined);
  if (file === undefined) return '';
  try {
    const { size } = await file.stat();
    const bytes = Buffer.alloc(Math.min(size, longestWords));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** What came of a launch. */
export type Launched =
  | { readonly runs: true; readonly capture: Capture }
  | {
      readonly runs: false;
      readonly error: unknown;
      readonly why: string;
      /** Neither a process nor a file. What is left otherwise is for reconcile: packets to be counted, or a tcpdump to be ended. */
      readonly leftNothing: boolean;
    };

/**
 * Makes a starting capture's savefile and its tcpdump; resolves when that listens and the capture is marked running, or when it does not.
 * @param alongside what belongs into the transaction that marks it running
 * @throws CaptureError `conflict` when it was ended meanwhile
 */
export async function launch(room: Room, capture: Capture, alongside: () => void): Promise<Launched> {
  let tcpdump: ProcessToken | undefined;
  let isOurs = false;
  let runs: boolean;
  try {
    await (await createSavefile(capture.path)).close();
    isOurs = true;
    const token = await spawn(room, capture);
    tcpdump = token;
    if (token !== undefined) await room.patiently(() => room.registry.noteTcpdump(capture.id, token));
    await listening(room, capture, tcpdump);
    const mark = room.database.transaction(() => {
      const marked = room.registry.markRunning(capture.id);
      if (marked) alongside();
      return marked;
    });
    runs = await room.patiently(mark, untilNoted);
  } catch (error) {
    // What runs in spite of what is told would be worse than a start that failed.
    const ended = tcpdump === undefined || (await endProcess(tcpdump, ['SIGKILL'], patience));
    if (isOurs && ended) await removeEmpty(capture.path);
    const leftNothing = ended && !(isOurs && (await isThere(capture.path)));
    return { runs: false, error, why: error instanceof Error ? error.message : String(error), leftNothing };
  }
  if (!runs) {
    // Somebody who took us for dead has settled it: what runs now would have no entry.
    if (tcpdump !== undefined) signal(tcpdump, 'SIGKILL');
    throw new CaptureError('conflict', `${capture.id} was ended while it started`);
  }
  room.log.info({ capture: capture.id, tcpdump }, 'capture running');
  return { runs: true, capture: room.registry.byId(capture.id) ?? capture };
}

async function spawn(room: Room, capture: Capture): Promise<ProcessToken | undefined> {
  const file = stderrFile(room, capture.id);
  await mkdir(join(room.config.state, 'tcpdump'), { recursive: true, mode: 0o750 });
  const stderr = await promisify(open)(file, 'w', 0o640);
  try {
    const pid = await spawnLive(
      {
        interface: capture.interface ?? '',
        snaplen: capture.snaplen,
        buffer: room.config.buffer,
        savefile: capture.path,
        expression: capture.expanded ?? capture.expression,
        packets: packetsLeft(capture),
      },
      stderr,
    );
    return tokenOf(pid);
  } finally {
    await promisify(close)(stderr);
  }
}

/**
 * Resolves once a capture's tcpdump says that it listens.
 * @throws CaptureError `tool_failed` with its words when it ended instead, or never will
 */
export async function listening(room: Room, capture: Capture, tcpdump: ProcessToken | undefined): Promise<void> {
  const giveUp = room.uptime() + listeningTimeout;
  for (;;) {
    // Looked at before its words are read: what it said before it ended is then all there.
    const alive = tcpdump !== undefined && isAlive(tcpdump);
    const said = await readFile(stderrFile(room, capture.id), 'utf8').catch(() => '');
    if (isListening(said) && alive) return;
    if (!alive)
      throw new CaptureError(
        'tool_failed',
        `tcpdump did not start: ${complaint(said) ?? 'it ended at once and said nothing'}`,
      );
    if (room.uptime() > giveUp)
      throw new CaptureError(
        'tool_failed',
        `tcpdump did not begin to listen within ${listeningTimeout / 1000} s and was ended`,
      );
    await pause(pollEvery);
  }
}

/** Removes a savefile that never held a packet, and nothing else. */
export async function removeEmpty(path: string): Promise<void> {
  if ((await isThere(path)) && (await stat(path)).size <= 24) await rm(path);
}
