import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { Actor } from '../../../src/capture/analyst.ts';
import { type Capture, isOpen } from '../../../src/capture/capture.ts';
import type { Engine } from '../../../src/capture/door.ts';
import { tcpdumpsOf, unsettledOf } from '../../capture/sensor.ts';

/** A sensor after somebody was killed and somebody else has reconciled. */
export interface Aftermath {
  readonly engine: Engine;
  readonly lead: Actor;
  /** Where its savefiles are. */
  readonly captures: string;
  /** Packets that were sent, by the capture's id, while it surely ran. */
  readonly sent: ReadonlyMap<string, number>;
}

/** What contradicts what: registry, process table, captures directory, audit log and traffic. None where all is well. */
export async function contradictions(aftermath: Aftermath): Promise<string[]> {
  const { engine, lead, captures: directory } = aftermath;
  const { captures, entries } = await engine.day(0, Number.MAX_SAFE_INTEGER);
  return [
    ...processes(captures, directory),
    ...files(captures, directory),
    ...captures.filter(({ endedAt }) => endedAt !== null).flatMap((capture) => evidence(capture, aftermath)),
    ...unsettledOf(entries).map(({ seq, words }) => `audit entry ${seq} (${words}) was asked and never settled`),
    ...(await brokenChain(engine, lead)),
  ];
}

function processes(captures: readonly Capture[], directory: string): string[] {
  const open = captures.filter(({ state }) => isOpen(state));
  const running = tcpdumpsOf(directory);
  const writing = (pid: number, path: string) =>
    readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`\0-w\0${path}\0`);
  return [
    ...open.filter(({ state }) => state !== 'running').map(({ id, state }) => `${id} is left ${state}`),
    ...running
      .filter((pid) => open.filter(({ path }) => writing(pid, path)).length !== 1)
      .map((pid) => `tcpdump ${pid} runs, and no open capture is its own`),
    ...open
      .filter(({ path }) => running.filter((pid) => writing(pid, path)).length !== 1)
      .map(({ id, state }) => `${id} is ${state}, and not one tcpdump writes its savefile`),
  ];
}

function files(captures: readonly Capture[], directory: string): string[] {
  const owners = (name: string) => captures.filter(({ savefile }) => name === savefile || name === `${savefile}.json`);
  return readdirSync(directory)
    .filter((name) => owners(name).length !== 1)
    .map((name) => `${name} belongs to ${owners(name).length} captures`);
}

function evidence(capture: Capture, { sent }: Aftermath): string[] {
  const { id, state, why, counts } = capture;
  const told = `${id} ${state} (${why})`;
  const surely = sent.get(id) ?? 0;
  const packets = capture.packets ?? 0;
  const lost = surely > packets ? [`${told} has ${packets} packets of ${surely} that were sent while it ran`] : [];
  const uncounted =
    (counts?.captured ?? 0) > packets
      ? [`${told} has ${packets} packets, and tcpdump counted ${counts?.captured}`]
      : [];
  // Nobody here kills a tcpdump.
  const died = state === 'died' ? [`${told} although nobody killed its tcpdump`] : [];
  return [...lost, ...uncounted, ...died, ...sealed(told, capture)];
}

function sealed(told: string, { path, packets, sha256, state, why, endedAt }: Capture): string[] {
  if (!existsSync(path)) return (packets ?? 0) > 0 || sha256 !== null ? [`${told} has lost its savefile`] : [];
  if (sha256 === null) return [`${told} has a savefile without a digest`];
  const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (digest !== sha256) return [`${told} has another digest than its savefile`];
  if (!existsSync(`${path}.json`)) return [`${told} has no sidecar`];
  const sidecar = JSON.parse(readFileSync(`${path}.json`, 'utf8'));
  const known = { sha256, state, why, endedAt: new Date(endedAt ?? 0).toISOString() };
  return Object.entries(known)
    .filter(([key, value]) => sidecar[key] !== value)
    .map(([key, value]) => `${told} has a sidecar with another ${key}: ${sidecar[key]}, not ${value}`);
}

async function brokenChain(engine: Engine, lead: Actor): Promise<string[]> {
  const steps = await Array.fromAsync(engine.verifyAudit(null, lead, new AbortController().signal));
  const ended = steps.findLast(({ step }) => step === 'ended');
  if (ended?.step !== 'ended') return ['the audit chain was not walked to its end'];
  const { broken, unguarded } = ended;
  return broken === null && unguarded.length === 0 ? [] : [`the audit chain is broken: ${JSON.stringify(ended)}`];
}
