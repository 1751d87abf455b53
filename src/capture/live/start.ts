import { close, existsSync, open } from 'node:fs';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Actor } from '../analyst.ts';
import type { Capture } from '../capture.ts';
import { createSavefile, isThere } from '../custody.ts';
import { CaptureError } from '../errors.ts';
import { checkExpression } from '../expression.ts';
import type { Started, StartOrder } from '../orders.ts';
import { isAlive, type ProcessToken, signal, tokenOf } from '../process.ts';
import { addCapture, attribution, inHand, type Order, type Room } from '../room.ts';
import { longestPacket } from '../savefile.ts';
import { settleFailed } from '../settling.ts';
import { compileForInterface, complaint, everything, isListening, spawnLive } from '../tcpdump.ts';

/** A tcpdump that does not listen after this long never will. Milliseconds. */
const listeningTimeout = 10_000;
const pollEvery = 10;
/** Ethernet, IPv4 and TCP headers without options. */
const shortestSnaplen = 64;

/**
 * Starts a live capture: audit, registry, savefile, process, and back: registry, audit. Resolves when tcpdump listens.
 * @param asked the order's audit entry, settled in the transaction that marks it running
 * @throws CaptureError `bad_request`, `bad_expression`, `not_allowed`, `no_room`, `tool_failed`
 */
export async function startLive(room: Room, order: StartOrder, actor: Actor, asked: Order): Promise<Started> {
  const attributed = attribution(room, actor, order);
  const expression = checkExpression(order.expression);
  const interfaceName = knownInterface(room, order.interface);
  const snaplen = knownSnaplen(room, order.snaplen);
  await compileForInterface(expression, interfaceName);
  const warnings = warningsFor(room, expression, interfaceName);
  const startedAt = room.now();
  // The registry first: no file and no process without an owner, whenever we are killed.
  const capture = await addCapture(room, {
    kind: 'live',
    ...attributed,
    expression,
    interface: interfaceName,
    ring: null,
    window: null,
    snaplen,
    startedAt,
  });
  return { capture: await inHand(room, capture.id, () => launch(room, capture, asked)), warnings };
}

/** What a live capture's tcpdump has said so far; empty where it said nothing, or its words are gone. */
export function lastWords(room: Room, capture: Capture): Promise<string> {
  return readFile(stderrFile(room, capture), 'utf8').catch(() => '');
}

function stderrFile(room: Room, { id }: Capture): string {
  return join(room.config.state, 'tcpdump', `${id}.stderr`);
}

async function launch(room: Room, capture: Capture, asked: Order): Promise<Capture> {
  let tcpdump: ProcessToken | undefined;
  let isOurs = false;
  try {
    await (await createSavefile(capture.path)).close();
    isOurs = true;
    tcpdump = await spawn(room, capture);
    if (tcpdump !== undefined) room.registry.noteTcpdump(capture.id, tcpdump);
    await listening(room, capture, tcpdump);
  } catch (error) {
    if (tcpdump !== undefined) signal(tcpdump, 'SIGKILL');
    if (isOurs) await removeEmpty(capture.path);
    const why = error instanceof Error ? error.message : String(error);
    const failed = () => asked.settle('failed', capture.id, why);
    // What holds packets is settled by reconcile, with their count and digest.
    if (!(isOurs && (await isThere(capture.path)))) settleFailed(room, capture, why, failed);
    failed();
    throw error;
  }
  const runs = room.database.transaction(() => {
    const marked = room.registry.markRunning(capture.id);
    if (marked) asked.settle('done', capture.id, capture.savefile);
    return marked;
  })();
  if (!runs) {
    // Somebody who took us for dead has settled it: what runs now would have no entry.
    if (tcpdump !== undefined) signal(tcpdump, 'SIGKILL');
    throw new CaptureError('conflict', `${capture.id} was ended while it started`);
  }
  room.log.info({ capture: capture.id, tcpdump }, 'capture running');
  return room.registry.byId(capture.id) ?? capture;
}

async function spawn(room: Room, capture: Capture): Promise<ProcessToken | undefined> {
  const file = stderrFile(room, capture);
  await mkdir(dirname(file), { recursive: true, mode: 0o750 });
  const stderr = await promisify(open)(file, 'w', 0o640);
  try {
    const pid = await spawnLive(
      {
        interface: capture.interface ?? '',
        snaplen: capture.snaplen,
        buffer: room.config.buffer,
        savefile: capture.path,
        expression: capture.expression,
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
  const giveUp = Date.now() + listeningTimeout;
  for (;;) {
    // Looked at before its words are read: what it said before it ended is then all there.
    const alive = tcpdump !== undefined && isAlive(tcpdump);
    const said = await lastWords(room, capture);
    if (isListening(said) && alive) return;
    if (!alive)
      throw new CaptureError(
        'tool_failed',
        `tcpdump did not start: ${complaint(said) ?? 'it ended at once and said nothing'}`,
      );
    if (Date.now() > giveUp)
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

function knownInterface(room: Room, named: string | undefined): string {
  const { interfaces } = room.config;
  const name = named ?? interfaces[0];
  if (!interfaces.includes(name)) {
    throw new CaptureError(
      'bad_request',
      `${name} is not an interface of this sensor: choose one of ${interfaces.join(', ')}`,
    );
  }
  if (name !== 'any' && !existsSync(`/sys/class/net/${name}`)) {
    throw new CaptureError(
      'tool_failed',
      `the interface ${name} is in the configuration but does not exist on this sensor: look with "ip link"`,
    );
  }
  return name;
}

/** tcpdump takes 0 for its own default: an analyst who types it may mean no bytes at all. */
function knownSnaplen(room: Room, named: number | undefined): number {
  const snaplen = named ?? room.config.snaplen;
  if (Number.isInteger(snaplen) && snaplen >= shortestSnaplen && snaplen <= longestPacket) return snaplen;
  throw new CaptureError(
    'bad_request',
    `--snaplen ${snaplen}: choose from ${shortestSnaplen} to ${longestPacket} bytes`,
  );
}

function warningsFor(room: Room, expression: string, interfaceName: string): string[] {
  const same = room.registry
    .open()
    .find((other) => other.kind === 'live' && other.expression === expression && other.interface === interfaceName);
  return [
    ...(expression === everything ? ['this captures everything that the interface sees'] : []),
    ...(same === undefined
      ? []
      : [
          `${same.id} of ${same.analyst} captures the same expression on ${interfaceName} already: you may want to follow it instead`,
        ]),
  ];
}
