import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const captureCommand = join(import.meta.dirname, '../../bin/capture');

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end; never rejects, whatever its exit code. */
export function run(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      words,
      { env: { ...withoutOurOwn(), ...env }, maxBuffer: 2 ** 26 },
      (_error, out, err) => resolve({ code: child.exitCode, out, err }),
    );
  });
}

/** Runs `capture` in UTC, in the name of a login where one is given. */
export function capture(words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  return run(captureCommand, words, { TZ: 'UTC', ...env });
}

/** An installation of its own in a new directory: grant leads, will is an analyst, mona looks; captures on the loopback interface. */
export function installation(): Record<'directory' | 'file' | 'ring' | 'captures', string> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-shell-'));
  const ring = join(directory, 'ring');
  mkdirSync(ring);
  const file = join(directory, 'capture.yml');
  writeFileSync(
    file,
    `sensor: bench-1
state: state
captures: captures
interfaces: [lo]
limits: { freeSpace: 1MB }
rings:
  - { name: dmz, path: ring, interface: lo }
analysts:
  - { name: grant, role: lead, login: grant }
  - { name: will, role: analyst, login: will }
  - { name: mona, role: viewer, login: mona }
`,
  );
  return { directory, file, ring, captures: join(directory, 'captures') };
}

/** A ring file as daemonlogger names and writes it: one UDP packet a second from `epoch` on, to `port`. */
export function writeRingFile(
  ring: string,
  epoch: number,
  packets: { readonly count: number; readonly port: number },
): void {
  const records = Array.from({ length: packets.count }, (_, at) => record(epoch + at, packets.port));
  writeFileSync(join(ring, `daemonlogger.pcap.${epoch}`), Buffer.concat([fileHeader(), ...records]));
}

/** draft-ietf-opsawg-pcap, section 4: microseconds, little endian, linktype 1. */
function fileHeader(): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b2c3d4, 0);
  header.writeUInt16LE(2, 4);
  header.writeUInt16LE(4, 6);
  header.writeUInt32LE(262_144, 16);
  header.writeUInt32LE(1, 20);
  return header;
}

function record(seconds: number, port: number): Buffer {
  const packet = Buffer.alloc(14 + 20 + 8);
  packet.writeUInt16BE(0x0800, 12);
  packet.writeUInt8(0x45, 14);
  packet.writeUInt16BE(28, 16);
  packet.writeUInt8(64, 22);
  packet.writeUInt8(17, 23);
  packet.set([192, 0, 2, 1, 192, 0, 2, 7], 26);
  packet.writeUInt16BE(40_000, 34);
  packet.writeUInt16BE(port, 36);
  packet.writeUInt16BE(8, 38);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(seconds, 0);
  header.writeUInt32LE(packet.length, 8);
  header.writeUInt32LE(packet.length, 12);
  return Buffer.concat([header, packet]);
}

/** The environment of the tests' runner, without what would choose a configuration or a person. */
function withoutOurOwn(): NodeJS.ProcessEnv {
  const {
    CAPTURE_CONFIG: _config,
    SUDO_USER: _login,
    SSH_CONNECTION: _remote,
    NODE_TEST_CONTEXT: _test,
    ...rest
  } = process.env;
  return rest;
}
