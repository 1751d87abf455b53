import { closeSync, constants, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { CaptureId } from '../../capture/capture.ts';
import type { Restored } from '../../capture/restore.ts';
import { headerBytes, readHeader } from '../../capture/savefile.ts';
import { expandForVlan } from '../../capture/vlan.ts';
import { tcpdumpsWritingInto, type WritingTcpdump } from '../../capture/writing.ts';
import type { Config } from '../../config.ts';
import { countsSaid } from './counts.ts';
import { readName, type TellingName } from './name.ts';
import { type Remembered, rememberedOf } from './salvage.ts';
import { readSidecar } from './sidecar.ts';

/** What of a capture the captures directory and the process table still hold. */
export type Found =
  | { readonly from: 'sidecar'; readonly restored: Restored }
  /** A tcpdump writes it now. */
  | { readonly from: 'process'; readonly restored: Restored; readonly words: Source }
  /** A file without a sidecar, which nobody writes any more. */
  | { readonly from: 'savefile'; readonly restored: Restored; readonly words: Source }
  | LeftAlone;

/** What tells who ordered a capture without a sidecar of its own, and why: its name, the damaged registry, or an earlier savefile's sidecar. */
export type Source = 'name' | 'registry' | 'sidecar';

/** Not ours, or not to be understood. */
export interface LeftAlone {
  readonly from: 'nothing';
  readonly file: string;
  readonly why: string;
}

/** Looks through the captures directory, and at who writes into it. Changes nothing. */
export function findCaptures(config: Config): Found[] {
  const names = readdirSync(config.captures);
  const writing = new Map(tcpdumpsWritingInto(config.captures).map((each) => [each.savefile, each]));
  const sidecars = names
    .filter((name) => /\.pcap(ng)?\.json$/.test(name) && !writing.has(savefileOf(name)))
    .map((name) => fromSidecar(name, config));
  const told = new Set(
    sidecars.flatMap((found) => (found.from === 'sidecar' ? [found.restored.savefile, ...earlierOf(found)] : [])),
  );
  // A tcpdump whose file was deleted still captures, and must be stopped by somebody.
  const others = [...new Set([...names, ...writing.keys()])]
    .filter((name) => /\.pcap(ng)?$/.test(name) && !told.has(name) && !name.includes('.processing.'))
    .map((name) => fromFile(name, writing.get(name), config));
  return [...sidecars, ...others];
}

function earlierOf({ restored }: { restored: Restored }): string[] {
  return restored.earlier.map(({ savefile }) => savefile);
}

function savefileOf(sidecar: string): string {
  return sidecar.slice(0, -'.json'.length);
}

function fromSidecar(name: string, config: Config): Found {
  const read = readSidecar(join(config.captures, name));
  if (read === undefined) return { from: 'nothing', file: name, why: 'no sidecar that can be read' };
  if (read.sensor !== config.sensor) return { from: 'nothing', file: name, why: `of sensor ${read.sensor}` };
  if (read.restored.savefile !== savefileOf(name))
    return { from: 'nothing', file: name, why: `a sidecar of ${read.restored.savefile}` };
  return { from: 'sidecar', restored: read.restored };
}

function fromFile(savefile: string, writing: WritingTcpdump | undefined, config: Config): Found {
  const name = readName(savefile);
  if (name === undefined) return { from: 'nothing', file: savefile, why: 'no name that capture gives' };
  const remembered = rememberedOf(config, savefile, name.kind);
  const restored = running(savefile, { name, remembered, writing }, config);
  const words = remembered === undefined ? 'name' : 'registry';
  return { from: writing === undefined ? 'savefile' : 'process', restored, words };
}

/** As still running: the next look at it settles what has ended in truth, with facts, digest and sidecar, as after every crash. */
function running(
  savefile: string,
  {
    name,
    remembered,
    writing,
  }: { name: TellingName; remembered: Remembered | undefined; writing: WritingTcpdump | undefined },
  config: Config,
): Restored {
  const analyst = config.analysts.find((known) => dotted(known.name) === name.analyst)?.name ?? name.analyst;
  return {
    id: idOf(writing?.words ?? null),
    kind: name.kind,
    state: 'running',
    analyst,
    orderedBy: analyst,
    description: `${name.words} (from the savefile's name: the registry was rebuilt)`,
    expression: writing?.expression ?? 'unknown: the registry was rebuilt',
    case: null,
    channel: null,
    startedAt: name.startedAt,
    keep: false,
    ...remembered,
    expanded: expandedOf(remembered, writing),
    hosts: null,
    interface: writing?.interface ?? null,
    ring: null,
    window: name.kind === 'past' ? { since: null, until: null } : null,
    snaplen: writing?.snaplen ?? snaplenOf(join(config.captures, savefile)) ?? config.snaplen,
    limits: { deadline: null, bytes: null, packets: writing?.packets ?? null, near: false },
    earlier: [],
    savefile,
    file: targetOf(join(config.captures, savefile)) ?? savefile,
    tcpdump: writing?.tcpdump ?? null,
    deadline: null,
    endedAt: null,
    why: null,
    bytes: null,
    packets: null,
    counts: writing?.words ? countsSaid(config.state, writing.words) : null,
    sha256: null,
    facts: null,
    coverage: null,
    coverageByRing: null,
    ringSpans: [],
    joined: null,
    approvedBy: null,
  };
}

/** Its tcpdump may match more than was typed, where what was typed is known. */
function expandedOf(remembered: Remembered | undefined, writing: WritingTcpdump | undefined): string | null {
  if (remembered === undefined || writing?.expression !== expandForVlan(remembered.expression)) return null;
  return writing.expression;
}

/** tcpdump's words go into a file with the capture's id: `c12.stderr`. */
function idOf(words: string | null): CaptureId | null {
  const id = /^(c[1-9]\d{0,14})\.stderr$/.exec(words ?? '')?.[1];
  return id === undefined ? null : (id as CaptureId);
}

function dotted(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9]/g, '.');
}

/** The processing file that a search's final name still links to. */
function targetOf(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : undefined;
}

function snaplenOf(path: string): number | undefined {
  const bytes = Buffer.alloc(headerBytes);
  try {
    const file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      return readSync(file, bytes, 0, headerBytes, 0) === headerBytes ? readHeader(bytes)?.snaplen : undefined;
    } finally {
      closeSync(file);
    }
  } catch {
    // A link, or not ours to read: the snaplen of the configuration is the best guess.
    return undefined;
  }
}
