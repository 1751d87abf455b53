import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pcap, udpPackets } from '../capture/pcaps.ts';
import { capture, captureCommand, installation, type Ran, run, writeRingFile } from './shell.ts';

const { directory, file, ring, captures } = installation();
const port = 40_407;
const as = (login: string, ...words: string[]) => capture(words, { CAPTURE_CONFIG: file, SUDO_USER: login });

async function sendPackets(count: number): Promise<void> {
  const socket = createSocket('udp4');
  for (let sent = 0; sent < count; sent++) {
    await new Promise<void>((resolve, reject) => {
      socket.send('x', port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
    });
  }
  socket.close();
}

function assertRefused(ran: Ran, code: number, sentence: RegExp): void {
  assert.equal(ran.code, code, ran.err);
  assert.equal(ran.out, '');
  assert.match(ran.err, sentence);
  assert.doesNotMatch(ran.err, /\n {4}at /);
}

before(() => {
  for (let at = 0; at < 3; at++) writeRingFile(ring, 1_795_399_800 + at * 60, { count: 10, port: 4_444 + at });
});

after(async () => {
  await as('grant', 'stop', '--all');
  rmSync(directory, { recursive: true });
});

describe('capture at the shell', () => {
  test('starts, lists, shows and stops a capture of real packets', async () => {
    const started = await as('grant', 'start', '-d', 'traffic to shop', '-e', `udp port ${port}`);
    assert.equal(started.code, 0, started.err);
    assert.match(started.out, /^Started: grant_traffic\.to\.shop_\w{3}\.\w{3}\d\d\.\d{4}-[\d.]+UTC_\d+_\.pcap\n$/);
    await sendPackets(5);

    assert.match((await as('will', '-l')).out, /^grant \w{3} \w{3} \d\d [\d:]{8} \d{4} traffic to shop\n$/);
    assert.match((await as('grant', '-lv')).out, /^Analyst: {8}grant\nSize \(bytes\): {3}\d+\nStarted: /);
    const [listed] = JSON.parse((await as('grant', 'list', '--json', 'shop')).out);
    assert.deepEqual([listed.id, listed.kind, listed.state], ['c1', 'live', 'running']);

    const stopped = await as('grant', '-svf', 'grant');
    assert.equal(stopped.code, 0, stopped.err);
    assert.match(stopped.out, /^Stopped: grant_traffic\.to\.shop_/);
    assert.match(stopped.out, /5 packets, 5 captured, .*0 dropped by kernel/);
    assert.match(stopped.out, /Capture file info:\n(.*\n)*Number of packets: {3}5\n/);

    const shown = await as('grant', 'show', 'c1');
    assert.match(shown.out, /^State: +stopped$/m);
    assert.match(shown.out, /^SHA-256: +[0-9a-f]{64}$/m);
    assert.equal((await as('grant', 'list')).out, '');
    assert.match((await as('grant', 'list', '--all')).out, /traffic to shop/);
  });

  test('searches the ring and prints what it looked through', async () => {
    const found = await as('grant', 'search', '-d', 'beacon', 'udp port 4445');
    assert.equal(found.code, 0, found.err);
    const [generating, finished, packets, files, held, notHeld] = found.out.trimEnd().split('\n');
    assert.match(generating ?? '', /^Generating grant_beacon_.*_\.past\.pcap$/);
    assert.equal(finished, generating?.replace('Generating', 'Finished:'));
    assert.match(packets ?? '', /^10 packets; \d+ bytes$/);
    assert.equal(files, 'Ring files: 3 searched');
    assert.equal(held, 'Ring held: 2026-11-23 02:10:00 UTC to 2026-11-23 02:12:09 UTC');
    assert.match(notHeld ?? '', /^Not held: the ring ends at 2026-11-23 02:12:09 UTC: nothing from .* is in it$/);
  });

  test('searches as JSON, a line a step, the last one final', async () => {
    const { code, out, err } = await as('grant', '-ra', 'will', '-d', 'x', '-e', 'udp', '--json');
    assert.equal(code, 0, err);
    const steps = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.equal(steps[0].analyst, 'will');
    assert.ok(steps.some((step) => step.progress?.filesTotal === 3));
    const last = steps.at(-1);
    assert.deepEqual(
      [last.state, last.packets, last.progress, last.coverage],
      ['finished', 30, undefined, { searched: 3 }],
    );
  });

  test('warns on stderr of an expression that matches everything', async () => {
    const started = await as('will', 'start', '-d', 'all of it', 'everything');
    assert.equal(started.code, 0, started.err);
    assert.match(started.err, /^Warning: /);
    assert.equal((await as('will', 'stop', 'will')).code, 0);
  });

  test('tells who one is, what was done, and the day', async () => {
    assert.match((await as('will', 'whoami')).out, /^Analyst: {2}will\nRole: {5}analyst\nKnown by: shell:will@/);
    const audit = await as('grant', 'audit');
    assert.match(audit.out, /^\d+ [\d-]+ [\d:]+ UTC grant shell:grant@\S.* start asked/m);
    assert.equal(JSON.parse((await as('grant', 'audit', '--last', '2', '--json')).out).length, 2);
    const digest = await as('grant', 'digest');
    assert.match(digest.out, /^bench-1, \d{4}-\d\d-\d\d \(UTC\), so far\n/);
    assert.equal(JSON.parse((await as('grant', 'digest', '--json')).out).sensor, 'bench-1');
  });

  test('a search that is interrupted keeps what was merged, says so, and exits with 130', async () => {
    const large = join(ring, 'daemonlogger.pcap.0');
    writeFileSync(large, pcap(udpPackets(200_000)));
    const names = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((at) => `${large}${at}`);
    for (const name of names) linkSync(large, name);
    const env = { ...process.env, TZ: 'UTC', CAPTURE_CONFIG: file, SUDO_USER: 'grant' };
    // Left to tcpdump: a second or more, however fast a scan is.
    const search = spawn(captureCommand, ['search', '-d', 'long', 'udp or ip6 protochain 17'], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = new Promise<number | null>((resolve) => search.on('close', resolve));
    let out = '';
    for await (const piece of search.stdout) {
      out += piece;
      if (out.includes('Generating') && !search.killed) search.kill('SIGINT');
    }
    assert.equal(await closed, 130, out);
    assert.match(out, /\nCancelled: grant_long_.*\n/);
    assert.match(out, /What was merged until then is kept\./);
    for (const name of [large, ...names]) rmSync(name);
  });

  test('on a terminal rewrites one line while it searches', async () => {
    const line = `${captureCommand} search -d seen udp`;
    const env = { TZ: 'UTC', CAPTURE_CONFIG: file, SUDO_USER: 'grant' };
    const { out } = await run('script', ['-qec', line, '/dev/null'], env);
    assert.match(out, /Generating grant_seen_.*\r\n\rCurrently Processing: \w{3} Nov .* UTC \[.*%.*\x1b\[K/);
    assert.match(out, /\nFinished: grant_seen_/);
  });
});

describe('what is refused changes nothing', () => {
  const refused: readonly [title: string, login: string, words: string[], code: number, sentence: RegExp][] = [
    ['a stranger', 'mallory', ['list'], 77, /mallory/],
    ['a viewer who would capture', 'mona', ['start', '-d', 'x', 'udp'], 77, /viewer/],
    ['an analyst who would read the audit log', 'will', ['audit'], 77, /audit/],
    ['an analyst acting for another', 'will', ['-a', 'grant', '-d', 'x', '-e', 'udp'], 77, /grant/],
    [
      "an expression that libpcap does not compile, in libpcap's words",
      'will',
      ['start', '-d', 'x', 'udp port'],
      65,
      /syntax error/,
    ],
    ['a host name in an expression', 'will', ['start', '-d', 'x', 'host shop.example'], 65, /shop\.example/],
    ['an expression that looks like an option', 'will', ['start', '-d', 'x', '--', '-w', '/tmp/x'], 65, /-w/],
    ['an interface that does not exist', 'will', ['start', '-d', 'x', '-i', 'nope0', 'udp'], 64, /nope0/],
    ['a ring that does not exist', 'will', ['search', '-d', 'x', '--ring', 'nope', 'udp'], 66, /nope/],
    ['an id that does not exist', 'will', ['show', 'c999'], 66, /c999/],
    ['a word that no capture has', 'will', ['show', 'zzz'], 66, /no capture matches "zzz"/],
    ['listing an id that does not exist', 'will', ['list', 'c999'], 66, /no capture c999/],
    ['stopping all where nothing of one runs', 'will', ['stop', '--all'], 66, /nothing runs that you may stop/],
    ['stopping what does not run', 'will', ['stop', 'c999'], 66, /c999/],
    ['stopping what has ended', 'grant', ['stop', 'c1'], 75, /c1/],
  ];
  for (const [title, login, words, code, sentence] of refused) {
    test(`${title}: ${code}`, async () => {
      const saved = readdirSync(captures).length;
      assertRefused(await as(login, ...words), code, sentence);
      assert.equal(readdirSync(captures).length, saved);
    });
  }
});
