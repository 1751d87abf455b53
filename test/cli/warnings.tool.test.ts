import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pcap } from '../capture/pcaps.ts';
import { fifteen } from '../capture/tagged.ts';
import { capture, installation } from './shell.ts';

const { directory, file, ring } = installation();
const as = (login: string, ...words: string[]) => capture(words, { CAPTURE_CONFIG: file, SUDO_USER: login });
const expression = 'udp port 9996';
const expanded = `(${expression}) or (vlan and (${expression})) or (vlan and (${expression}))`;

before(() => {
  const frames = fifteen({ shop: '192.0.2.7', client: '198.51.100.10' });
  writeFileSync(join(ring, 'daemonlogger.pcap.1'), pcap(frames.map((frame, at) => ({ at: at + 1, frame }))));
});
after(async () => {
  await as('grant', 'stop', '--all');
  rmSync(directory, { recursive: true });
});

describe('at the shell, an analyst is told on stderr', () => {
  test('of the expansion, in one line, when a search and a start begin; show has the whole form', async () => {
    const searched = await as('grant', 'search', '-d', 'fifteen', expression);
    assert.equal(searched.code, 0, searched.err);
    assert.equal(
      searched.err,
      'Warning: the ring dmz (lo) carries VLAN tags: the expression is matched without a tag, behind one and behind two; --exact takes it as typed\n',
    );
    assert.match(searched.out, /^Generating .*\nFinished: .*\n15 packets; /);
    assert.match((await as('grant', 'show', 'c1')).out, new RegExp(`^Expanded: +${RegExp.escape(expanded)}$`, 'm'));

    const started = await as('grant', 'start', '-d', 'fifteen', expression);
    assert.equal(started.code, 0, started.err);
    assert.match(started.err, /^Warning: lo carries VLAN tags: .*; --exact takes it as typed\n$/);
    assert.match((await as('grant', 'show', 'c2')).out, /^Expanded: /m);
  });

  test('of what --exact misses', async () => {
    const searched = await as('grant', 'search', '--exact', '-d', 'exact', expression);
    assert.match(searched.err, /^Warning: .* taken as typed \(--exact\): it misses packets with tags\n$/);
    assert.match(searched.out, /\n3 packets; /);
    const started = await as('grant', 'start', '--exact', '-d', 'exact', 'udp port 9997');
    assert.match(started.err, /^Warning: .* taken as typed \(--exact\): it misses packets with two tags\n$/);
    assert.doesNotMatch((await as('grant', 'show', 'c4')).out, /^Expanded: /m);
  });

  test('of everything that there is to be told, and in JSON', async () => {
    await as('grant', 'start', '-d', 'nets', 'host 10.1');
    const again = await as('grant', 'start', '-d', 'nets', 'host 10.1');
    assert.match(again.err, /^Warning: 10\.1 as a host is the whole net 10\.1\.0\.0\/16: .*$/m);
    assert.match(again.err, /^Warning: c5 of grant captures the same expression on lo already: .*$/m);
    assert.match(again.err, /^Warning: lo carries VLAN tags: .*$/m);
    assert.match((await as('grant', 'start', '-d', 'all', 'everything')).err, /^Warning: this captures everything/);

    const json = await as('grant', 'search', '--json', '-d', 'nets', 'host 10.1');
    const [planned] = json.out.split('\n').map((line) => (line === '' ? null : JSON.parse(line)));
    assert.equal(planned.warnings.length, 2);
    assert.deepEqual(
      json.err.trimEnd().split('\n'),
      planned.warnings.map((one: string) => `Warning: ${one}`),
    );
  });
});
