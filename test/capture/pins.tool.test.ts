import assert from 'node:assert/strict';
import {
  appendFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { openEngine } from '../../src/capture/engine.ts';
import { pcap, sha256, udpPackets } from './pcaps.ts';
import { epoch, fillRing, found, pinIn, putRingFile, since } from './pinned-ring.ts';
import { auditOf, errorsInto, openSensor, type Sensor, unsettled } from './sensor.ts';

let sensor: Sensor;
beforeEach(() => {
  sensor = openSensor();
});
afterEach(() => sensor.close());

const pins = () => sensor.config.pins.directory;
const held = (id: string) => readdirSync(join(pins(), id)).sort();
const outcomesOf = (verb: string) =>
  auditOf(sensor)
    .filter((entry) => entry.verb === verb)
    .map(({ outcome, capture }) => `${outcome} ${capture}`);

describe('a pin', () => {
  test('holds what a search of its window reads, and a search finds it once: before the logger prunes it and after', async () => {
    const names = fillRing(sensor.ring, 4);
    const before = await found(sensor);
    const pin = await pinIn(sensor, {
      window: { since: (epoch + 65) * 1_000_000, until: (epoch + 110) * 1_000_000 },
    });
    // A minute around the window: packets may stand out of order.
    assert.deepEqual([pin.id, pin.state, pin.files, pin.lacking], ['p1', 'held', 3, []]);
    assert.deepEqual(held('p1'), ['0001.pcap', '0002.pcap', '0003.pcap', 'pin.json']);
    assert.equal(statSync(join(pins(), 'p1/0001.pcap')).ino, statSync(join(sensor.ring, names[0] ?? '')).ino, 'a link');
    const beside = await found(sensor);
    assert.deepEqual([beside.sha256, beside.packets], [before.sha256, 240]);
    assert.deepEqual(
      beside.reports.map(({ file }) => file),
      names,
    );
    assert.ok(beside.reports.every(({ outcome, detail }) => outcome === 'searched' && detail === null));
    for (const name of names.slice(0, 2)) rmSync(join(sensor.ring, name));
    const after = await found(sensor);
    assert.equal(after.sha256, before.sha256);
    assert.deepEqual(
      after.reports.map(({ file, outcome, detail }) => [file, outcome, detail]),
      names.map((name, at) => [name, 'searched', at < 2 ? 'pinned as p1' : null]),
    );
    assert.deepEqual(readdirSync(sensor.ring).sort(), names.slice(2), 'nothing of ours is in the ring');
    assert.deepEqual(outcomesOf('pin'), ['asked null', 'done p1']);
  });

  test('is read where it is held when the logger prunes its file while the search runs', async () => {
    const [first = '', second = ''] = fillRing(sensor.ring, 2);
    await pinIn(sensor);
    const before = await found(sensor);
    const order = { description: 'x', expression: 'everything', window: { since: null, until: null } };
    for await (const { step, capture } of sensor.engine.search(order, sensor.grant, new AbortController().signal)) {
      if (step === 'planned') for (const name of [first, second]) rmSync(join(sensor.ring, name));
      if (step !== 'ended') continue;
      assert.equal(sha256(readFileSync(capture.path)), before.sha256);
      assert.deepEqual(
        sensor.engine.coverage(capture.id).map(({ detail }) => detail),
        ['pinned as p1', 'pinned as p1'],
      );
    }
  });

  test('is a copy where the name comes back, as with tcpdump -W, which would write over a link', async () => {
    putRingFile(sensor.ring, 'ring.pcap0', epoch);
    const path = join(sensor.ring, 'ring.pcap0');
    const before = readFileSync(path);
    const inode = statSync(path).ino;
    await pinIn(sensor);
    const copy = join(pins(), 'p1/0001.pcap');
    assert.notEqual(statSync(copy).ino, inode);
    assert.equal((await found(sensor)).packets, 60, 'once');
    putRingFile(sensor.ring, 'ring.pcap0', epoch + 3_600);
    assert.equal(statSync(path).ino, inode, 'written over');
    assert.deepEqual(readFileSync(copy), before);
    const after = await found(sensor);
    assert.equal(after.packets, 120);
    assert.deepEqual(
      after.reports.map(({ file, detail }) => [file, detail]),
      [
        ['ring.pcap0', 'pinned as p1'],
        ['ring.pcap0', null],
      ],
    );
  });

  test('whose file is written over all the same says that it is lost', async () => {
    const [name = ''] = fillRing(sensor.ring, 1);
    await pinIn(sensor);
    writeFileSync(join(sensor.ring, name), pcap(udpPackets(5, { from: (epoch + 90) * 1_000_000 })));
    const { packets, reports } = await found(sensor);
    assert.equal(packets, 5);
    assert.deepEqual(
      reports.map(({ outcome, detail }) => [outcome, detail]),
      [
        ['pruned', 'pinned as p1, but its logger began it anew'],
        ['searched', null],
      ],
    );
  });

  test('of the file that is being written grows on with it', async () => {
    const [name = ''] = fillRing(sensor.ring, 1);
    const path = join(sensor.ring, name);
    const cut = readFileSync(path).subarray(0, -10);
    writeFileSync(path, cut);
    const pin = await pinIn(sensor);
    assert.deepEqual(pin.lacking, []);
    appendFileSync(path, Buffer.alloc(10));
    await sensor.engine.tendPins();
    assert.equal(sensor.engine.pinboard().used, cut.length + 10, 'and counts with what it has grown to');
    rmSync(path);
    assert.equal((await found(sensor)).packets, 60);
  });

  test('that is a copy of the file being written ends with its last whole packet, and says so', async () => {
    putRingFile(sensor.ring, 'ring.pcap0', epoch);
    const path = join(sensor.ring, 'ring.pcap0');
    writeFileSync(path, readFileSync(path).subarray(0, -10));
    const { lacking } = await pinIn(sensor);
    assert.deepEqual(
      lacking.map(({ file, pinned, why }) => [file, pinned, why]),
      [['ring.pcap0', 'part', 'still being written: copied up to its last whole packet']],
    );
    rmSync(path);
    const { packets, reports } = await found(sensor);
    assert.equal(packets, 59);
    assert.equal(reports[0]?.outcome, 'cut');
    assert.match(reports[0]?.detail ?? '', /^pinned as p1; still being written/);
  });

  test('never follows a link, opens no pipe, and takes no name at its word', async () => {
    const outside = join(sensor.directory, 'secret');
    writeFileSync(outside, pcap(udpPackets(60, { from: epoch * 1_000_000 })));
    symlinkSync(outside, join(sensor.ring, `link.${epoch}`));
    symlinkSync(sensor.directory, join(sensor.ring, `directory.${epoch}`));
    const hostile = [
      `..${epoch}`,
      `-w ${epoch}`,
      `new\nline ${epoch}`,
      `$(id) ; rm ${epoch}`,
      `p1 ${'x'.repeat(200)}${epoch}`,
    ];
    for (const [at, name] of hostile.entries()) putRingFile(sensor.ring, name, epoch + at * 60);
    const pin = await pinIn(sensor);
    assert.equal(pin.files, hostile.length);
    assert.deepEqual(
      pin.lacking.map(({ file, why }) => [file, why]).sort(),
      [
        [`directory.${epoch}`, 'a symbolic link: not followed'],
        [`link.${epoch}`, 'a symbolic link: not followed'],
      ],
      'and is told',
    );
    assert.deepEqual(held('p1').length, hostile.length + 1);
    for (const name of hostile) rmSync(join(sensor.ring, name));
    const { reports, packets } = await found(sensor);
    assert.equal(packets, 60 * hostile.length);
    assert.deepEqual(
      reports
        .filter(({ outcome }) => outcome === 'searched')
        .map(({ file }) => file)
        .sort(),
      hostile.toSorted(),
    );
  });

  test('of nothing is refused, and leaves nothing behind', async () => {
    await assert.rejects(pinIn(sensor), { code: 'not_found', message: /holds no packet file of that window/ });
    assert.deepEqual(sensor.engine.pinboard().pins, []);
    assert.deepEqual(readdirSync(pins()), []);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('over the limit is refused with the numbers; a file that two pins hold counts once', async () => {
    const [first = ''] = fillRing(sensor.ring, 2);
    const { size } = statSync(join(sensor.ring, first));
    Object.assign(sensor.config.pins, { size: size * 2 - 1 });
    await assert.rejects(pinIn(sensor), {
      code: 'no_room',
      message: /^8\.188kB more would be pinned, 0kB are, and 8\.187kB is the limit \(pins\.size\)/,
    });
    assert.deepEqual(readdirSync(pins()), []);
    const one = { window: { since, until: (epoch - 30) * 1_000_000 } };
    assert.equal((await pinIn(sensor, one)).files, 1);
    assert.equal((await pinIn(sensor, one)).id, 'p2');
    assert.equal(sensor.engine.pinboard().used, size);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('of what only another pin has any more holds it, too, when that one goes', async () => {
    putRingFile(sensor.ring, 'ring.pcap0', epoch);
    const name = putRingFile(sensor.ring, `daemonlogger.pcap.${epoch + 60}`, epoch + 60);
    const before = await found(sensor);
    await pinIn(sensor);
    for (const each of ['ring.pcap0', name]) rmSync(join(sensor.ring, each));
    const second = await pinIn(sensor);
    assert.deepEqual([second.files, second.lacking], [2, []]);
    assert.equal(sensor.engine.pinboard().used, sensor.engine.pinboard().pins[0]?.bytes, 'and takes no more room');
    await sensor.engine.unpin('p1', sensor.grant);
    const after = await found(sensor);
    assert.equal(after.sha256, before.sha256);
    assert.deepEqual(
      after.reports.map(({ file, detail }) => [file, detail]),
      [
        ['ring.pcap0', 'pinned as p2'],
        [name, 'pinned as p2'],
      ],
    );
  });

  test('is for analysts, for as long as the configuration says; a lead may ask for longer', async () => {
    fillRing(sensor.ring, 1);
    const as = (who: 'will' | 'mona', duration?: number) =>
      sensor.engine.pin(
        { description: 'x', window: { since, until: null }, duration },
        sensor[who],
        new AbortController().signal,
      );
    await assert.rejects(as('mona'), { code: 'not_allowed' });
    await assert.rejects(as('will', 8 * 86_400_000), { code: 'not_allowed', message: /longer than 7d \(pins\.for\)/ });
    await assert.rejects(pinIn(sensor, { description: ' ' }), { code: 'bad_request' });
    await assert.rejects(pinIn(sensor, { ring: 'nosuch' }), { code: 'not_found' });
    await as('will', 3_600_000);
    const led = await pinIn(sensor, { duration: 30 * 86_400_000 });
    assert.equal(led.expiresAt - led.pinnedAt, 30 * 86_400_000);
    await assert.rejects(sensor.engine.unpin(led.id, sensor.will), { code: 'not_allowed' });
    await sensor.engine.unpin('p1', sensor.grant);
  });

  test('that is interrupted is undone', async () => {
    putRingFile(sensor.ring, 'ring.pcap0', epoch);
    const aborted = AbortSignal.abort(new Error('it was interrupted'));
    const order = { description: 'x', window: { since, until: null } };
    await assert.rejects(sensor.engine.pin(order, sensor.grant, aborted), {
      code: 'conflict',
      message: /nothing is pinned/,
    });
    assert.deepEqual([sensor.engine.pinboard().pins, readdirSync(pins())], [[], []]);
    assert.deepEqual(unsettled(sensor), []);
  });
});

describe('a pin is let go of', () => {
  test('by unpin, once, and nothing in the ring is touched', async () => {
    const names = fillRing(sensor.ring, 2);
    await pinIn(sensor);
    const another = openEngine({ config: sensor.config, log: errorsInto([]), now: Date.now });
    const both = await Promise.allSettled([sensor.engine.unpin('p1', sensor.grant), another.unpin('p1', sensor.grant)]);
    await another.close();
    assert.deepEqual(both.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    for (const each of both) if (each.status === 'rejected') assert.equal(each.reason.code, 'conflict');
    await assert.rejects(sensor.engine.unpin('p1', sensor.grant), { code: 'conflict', message: /released by grant/ });
    await assert.rejects(sensor.engine.unpin('p7', sensor.grant), { code: 'not_found' });
    assert.deepEqual([readdirSync(sensor.ring).sort(), readdirSync(pins())], [names, []]);
    assert.equal(outcomesOf('unpin').filter((each) => each === 'done p1').length, 1);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('when its time is over, by uptime, whatever the clock is set to; it is in the audit log', async () => {
    fillRing(sensor.ring, 1);
    let [clock, uptime] = [Date.now(), 1_000_000];
    const errors: string[] = [];
    const engine = openEngine({
      config: sensor.config,
      log: errorsInto(errors),
      now: () => clock,
      uptime: () => uptime,
    });
    await engine.pin(
      { description: 'x', window: { since, until: null }, duration: 3_600_000 },
      sensor.grant,
      new AbortController().signal,
    );
    clock += 86_400_000;
    await engine.tendPins();
    assert.equal(engine.pinboard().pins.length, 1, 'a clock that is set ahead releases nothing');
    uptime += 3_600_000;
    await Promise.all([engine.tendPins(), sensor.engine.tendPins()]);
    assert.deepEqual([engine.pinboard().pins, readdirSync(pins()), errors], [[], [], []]);
    await engine.close();
    const [noted] = auditOf(sensor).filter(({ verb }) => verb === 'unpin');
    assert.deepEqual([noted?.outcome, noted?.capture, noted?.actingFor], ['noted', 'p1', 'grant']);
    assert.match(noted?.detail ?? '', /its time was over: 1h$/);
  });

  test('with what is ours in its directory alone: what somebody else put there stays', async () => {
    fillRing(sensor.ring, 1);
    await pinIn(sensor);
    const place = join(pins(), 'p1');
    writeFileSync(join(place, 'notes.txt'), 'mine');
    mkdirSync(join(place, '0002.pcap'));
    symlinkSync('/etc/passwd', join(place, '0003.pcap'));
    await sensor.engine.unpin('p1', sensor.grant);
    assert.deepEqual(held('p1'), ['0002.pcap', '0003.pcap', 'notes.txt']);
    assert.ok(lstatSync(join(place, '0003.pcap')).isSymbolicLink());
  });
});

describe('a registry that was lost', () => {
  test('knows its pins again from their directories, and gives no number twice', async () => {
    const names = fillRing(sensor.ring, 2);
    const before = await pinIn(sensor, { case: 'INC-7' });
    for (const name of names) rmSync(join(sensor.ring, name));
    mkdirSync(join(pins(), 'p9'));
    linkSync(join(pins(), 'p1/0001.pcap'), join(pins(), 'p9/0001.pcap'));
    const errors: string[] = [];
    const config = { ...sensor.config, state: join(sensor.directory, 'anew') };
    const engine = openEngine({ config, log: errorsInto(errors), now: Date.now });
    const again = { ...sensor, engine };
    await engine.tendPins();
    const [pin, ...more] = engine.pinboard().pins;
    assert.deepEqual([pin, more, errors], [before, [], []]);
    assert.deepEqual(readdirSync(pins()), ['p1'], 'what never was a whole pin is removed');
    assert.equal((await found(again)).packets, 120);
    assert.equal((await pinIn(again)).id, 'p2');
    await engine.close();
  });
});
