import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { captureCommand, capture as captureWith, installation, type Ran, writeRingFile } from './shell.ts';

const { directory, file, ring, captures } = installation();
const env = { CAPTURE_CONFIG: file, SUDO_USER: 'will' };
const capture = (...words: string[]): Promise<Ran> => captureWith(words, env);
/** The same on a terminal, where something is typed once the question is there. */
async function typing(typed: string, line: string): Promise<{ readonly code: number | null; readonly out: string }> {
  const script = spawn('script', ['-qec', `${captureCommand} ${line}`, '/dev/null'], {
    env: { PATH: process.env.PATH, HOME: directory, TZ: 'UTC', ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let out = '';
  let isAsked = false;
  script.stdout.setEncoding('utf8').on('data', (shown: string) => {
    out += shown;
    if (isAsked || !out.includes('[y/N]')) return;
    isAsked = true;
    script.stdin.write(typed);
  });
  await once(script, 'close');
  return { code: script.exitCode, out };
}
const search = "search -d '\u202egnp \u001b[31m' -e 'udp port 4444'";
const packets = 100;

/** Ids of what the registry has. */
async function known(): Promise<string[]> {
  const listed: { id: string }[] = JSON.parse((await capture('list', '--all', '--json')).out);
  return listed.map(({ id }) => id);
}

async function outcomes(): Promise<string[]> {
  const entries: { verb: string; outcome: string; detail: string | null }[] = JSON.parse(
    (await captureWith(['audit', '--json'], { ...env, SUDO_USER: 'grant' })).out,
  );
  return entries
    .filter(({ verb }) => verb === 'search' || verb === 'both')
    .map(({ verb, outcome, detail }) => `${verb} ${outcome}${detail?.startsWith('not begun') ? ': not begun' : ''}`);
}

before(() => {
  writeRingFile(ring, 1_795_486_205, { count: packets, port: 4444 });
  const configured = readFileSync(file, 'utf8');
  writeFileSync(file, configured.replace('freeSpace: 1MB', 'freeSpace: 1MB, search: 1kB'));
});
after(() => rmSync(directory, { recursive: true }));

describe('a search that reads more than limits.search', () => {
  test('is refused where nobody can be asked, with what it would read and the words to say', async () => {
    for (const words of [
      ['search', '-d', 'beacon', '-e', 'udp port 4444'],
      ['-ra', 'will', '-d', 'beacon', '-e', 'udp port 4444'],
      ['search', '--json', '-d', 'beacon', '-e', 'udp port 4444'],
      ['both', '-d', 'beacon', '-e', 'udp port 4444'],
      ['-Ra', 'will', '-d', 'beacon', '-e', 'udp port 4444'],
    ]) {
      const { code, out, err } = await capture(...words);
      assert.deepEqual([code, out], [64, ''], err);
      assert.match(
        err,
        /^capture: nothing was begun: it would read \S+kB of dmz, and only up to 1kB \(limits\.search\) are read unasked; say --yes /,
      );
    }
    assert.deepEqual(await known(), []);
    assert.deepEqual(readdirSync(captures), []);
    assert.deepEqual(await outcomes(), [
      ...Array.from({ length: 3 }, () => ['search asked', 'search invalid: not begun']).flat(),
      ...Array.from({ length: 2 }, () => ['both asked', 'both invalid: not begun']).flat(),
    ]);
  });

  for (const [what, typed] of [
    ['no', 'n\n'],
    ['nothing at all', '\n'],
    ['an interrupt', '\u0003'],
    ['the end of the input', '\u0004'],
  ] as const) {
    test(`is not begun after ${what}, which is said`, async () => {
      const { code, out } = await typing(typed, search);
      assert.equal(code, 130, out);
      assert.match(out, /^This search would read \S+ KiB of dmz: what reads more than 1000 B \(limits\.search\)/m);
      assert.match(out, /^Window: 1 ring file, .*; all of it is to be read/m);
      assert.match(out, /^How long it takes is not known/m);
      assert.match(out, /Go on\? \[y\/N\]/);
      assert.match(out, /Nothing was searched\./);
      assert.doesNotMatch(out, /Generating|gnp|\u202e|\u001b\[31m/);
      assert.deepEqual(await known(), []);
    });
  }

  test('of both is not begun after no, and neither is the capture', async () => {
    const { code, out } = await typing('n\n', "both -d beacon -e 'udp port 4444'");
    assert.equal(code, 130, out);
    assert.match(out, /Nothing was started or searched\./);
    assert.deepEqual(await known(), []);
  });

  test('goes on after yes', async () => {
    const { code, out } = await typing('y\n', search);
    assert.equal(code, 0, out);
    assert.match(out, /Go on\? \[y\/N\][\s\S]*Generating will_\S+_\.past\.pcap\r?\n[\s\S]*Finished: /);
    assert.match(out, new RegExp(`^${packets} packets`, 'm'));
  });

  test('is not asked about with --yes: piped, its first line is the one of old', async () => {
    const { code, out, err } = await capture('search', '--yes', '-d', 'beacon', '-e', 'udp port 4444');
    assert.equal(code, 0, err);
    assert.match(out, /^Generating will_beacon_\S+_\.past\.pcap\n/);
    assert.doesNotMatch(err, /limits\.search/);
  });
});
