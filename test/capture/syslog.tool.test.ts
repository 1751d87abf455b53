import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import type { AuditRow } from '../../src/capture/chain.ts';
import type { Engine } from '../../src/capture/door.ts';
import { openEngine } from '../../src/capture/engine.ts';
import { tokenOf } from '../../src/capture/process.ts';
import { syslogLine } from '../../src/capture/syslog.ts';
import type { SyslogConfig } from '../../src/config.ts';
import { actor, auditOf, errorsInto, openSensor, type Sensor } from './sensor.ts';
import { inRegistry } from './shelf.ts';

/** A syslog server on the loopback interface that keeps what it is sent. */
interface Collector {
  readonly messages: string[];
  readonly syslog: SyslogConfig;
  close(): void;
}

const opened: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).toReversed()) await each.close();
});

async function udpCollector(port = 0): Promise<Collector> {
  const messages: string[] = [];
  const socket: Socket = createSocket('udp4');
  socket.on('message', (message) => messages.push(message.toString('latin1')));
  await new Promise<void>((resolve) => socket.bind(port, '127.0.0.1', resolve));
  const collector = {
    messages,
    syslog: syslogAt('udp', socket.address().port),
    close: () => void socket.close(),
  };
  opened.push(collector);
  return collector;
}

async function tcpCollector(): Promise<Collector> {
  const messages: string[] = [];
  const server: Server = createServer((socket) => {
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      // RFC 6587, 3.4.1: each message behind its length.
      for (let match = /^(\d+) /.exec(text); match; match = /^(\d+) /.exec(text)) {
        const [head, length] = [match[0].length, Number(match[1])];
        if (text.length < head + length) break;
        messages.push(text.slice(head, head + length));
        text = text.slice(head + length);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  const collector = { messages, syslog: syslogAt('tcp', address.port), close: () => void server.close() };
  opened.push(collector);
  return collector;
}

function syslogAt(transport: 'udp' | 'tcp', port: number): SyslogConfig {
  return { facility: 'local6', server: { transport, host: '127.0.0.1', port } };
}

function sensorWith(syslog: SyslogConfig | null): Sensor {
  const sensor = openSensor({ syslog });
  opened.push(sensor);
  return sensor;
}

/** Waits for so many messages, and a little for one too many. */
async function arrived({ messages }: Collector, count: number): Promise<string[]> {
  for (const giveUp = Date.now() + 10_000; messages.length < count && Date.now() < giveUp; ) await pause(20);
  await pause(50);
  return messages;
}

const look = (engine: Engine, words: string) => engine.list({ all: false }, actor('grant', 'lead', words));

/** What a reader makes of a line: the fields of key=value pairs, strings as JSON has them. */
function fieldsOf(message: string): Record<string, unknown> {
  const line = message.slice(message.indexOf('seq='));
  return Object.fromEntries(
    [...line.matchAll(/(?:^| )([a-z]+)=("[^"]*"|\S*)/g)].map(([, key = '', value = '']) => [
      key,
      value.startsWith('"') ? JSON.parse(value) : value,
    ]),
  );
}

describe('each entry of the audit log goes to syslog', () => {
  test('as one message under the facility, with who, what, from where, and its hash', async () => {
    const collector = await udpCollector();
    const sensor = sensorWith(collector.syslog);
    const { engine } = sensor;
    await look(engine, "list 'to shop'");
    const { shipped, waiting, since, trouble } = await engine.shipAudit();
    assert.deepEqual({ shipped, waiting, since, trouble }, { shipped: 1, waiting: 0, since: null, trouble: null });
    const [message, ...more] = await arrived(collector, 1);
    // local6 is 22, info is 6 (RFC 5424, 6.2.1).
    assert.match(message ?? '', /^<182>1 \S+ \S+ capture - - \[timeQuality [^\]]*\] seq=1 at=\S+Z sensor="bench-1" /);
    assert.deepEqual(more, []);
    const [entry] = auditOf(sensor);
    const { at, ...fields } = fieldsOf(message ?? '');
    assert.deepEqual(fields, {
      ...{ seq: '1', sensor: 'bench-1', outcome: 'done', verb: 'list', analyst: 'grant' },
      ...{ origin: 'shell:grant@no tty', hash: entry?.hash, words: "list 'to shop'" },
    });
    assert.equal(at, new Date(entry?.at ?? 0).toISOString());
  });

  test('over TCP in frames of RFC 6587', async () => {
    const collector = await tcpCollector();
    const { engine } = sensorWith(collector.syslog);
    await look(engine, 'list');
    await look(engine, 'list again');
    await engine.shipAudit();
    const words = (await arrived(collector, 2)).map((message) => fieldsOf(message).words);
    assert.deepEqual(words, ['list', 'list again']);
  });

  test('once, in order, however many there are', async () => {
    const collector = await udpCollector();
    const { engine } = sensorWith(collector.syslog);
    for (let at = 0; at < 250; at++) {
      await assert.rejects(
        engine.identify({ door: 'shell', login: 'nobody', tty: null, remoteHost: null }, 'list', `list ${at}`),
      );
    }
    assert.equal((await engine.shipAudit()).waiting, 0);
    await engine.shipAudit();
    const seqs = (await arrived(collector, 250)).map((message) => fieldsOf(message).seq);
    assert.deepEqual(
      seqs,
      Array.from({ length: 250 }, (_, at) => String(at + 1)),
    );
  });

  test('from one process at a time; one that was killed over it holds nobody up', async () => {
    const collector = await udpCollector();
    const sensor = sensorWith(collector.syslog);
    await look(sensor.engine, 'list');
    const other = spawn('sleep', ['60']);
    inRegistry(sensor, `UPDATE syslog SET claimed_by = '${tokenOf(other.pid ?? 0)}'`);
    assert.equal((await sensor.engine.shipAudit()).waiting, 1);
    const gone = once(other, 'close');
    other.kill('SIGKILL');
    await gone;
    assert.equal((await sensor.engine.shipAudit()).waiting, 0);
    assert.equal((await arrived(collector, 1)).length, 1);
  });

  test('when the shell closes, without being asked', async () => {
    const collector = await udpCollector();
    const sensor = sensorWith(collector.syslog);
    const engine = openEngine({ config: sensor.config, log: errorsInto([]), now: Date.now });
    await look(engine, 'list');
    await engine.close();
    if (sensor.engine.shipping().waiting > 0) await sensor.engine.shipAudit();
    assert.equal(fieldsOf((await arrived(collector, 1))[0] ?? '').words, 'list');
  });

  test('nowhere where the configuration does not say so', async () => {
    const { engine } = sensorWith(null);
    await look(engine, 'list');
    assert.equal((await engine.shipAudit()).shipped, 0);
  });
});

describe('a syslog that is not there', () => {
  test('keeps entries waiting, and says since when and why; no order fails', async () => {
    const collector = await tcpCollector();
    collector.close();
    const sensor = sensorWith(collector.syslog);
    await look(sensor.engine, 'list');
    const { waiting, since, trouble } = await sensor.engine.shipAudit();
    assert.deepEqual([waiting, since], [1, auditOf(sensor)[0]?.at]);
    assert.match(trouble ?? '', /failed to connect to 127\.0\.0\.1 port/);
  });

  test('keeps them waiting where /dev/log is missing, which logger itself calls a success', {
    skip: hasLocalSyslog(),
  }, async () => {
    const { engine } = sensorWith({ facility: 'local6', server: null });
    await look(engine, 'list');
    const { waiting, trouble } = await engine.shipAudit();
    assert.deepEqual([waiting, trouble], [1, 'logger: socket /dev/log: No such file or directory']);
  });

  test('gets everything once it is there again, after a restart, too', async () => {
    const away = await tcpCollector();
    away.close();
    const sensor = sensorWith(away.syslog);
    for (let at = 0; at < 5; at++) await look(sensor.engine, `list ${at}`);
    await sensor.engine.shipAudit();
    const back = await udpCollector();
    const engine = openEngine({
      config: { ...sensor.config, syslog: back.syslog },
      log: errorsInto([]),
      now: Date.now,
    });
    const { waiting, trouble } = await engine.shipAudit();
    assert.deepEqual([waiting, trouble], [0, null]);
    assert.deepEqual(
      (await arrived(back, 5)).map((message) => fieldsOf(message).words),
      [0, 1, 2, 3, 4].map((at) => `list ${at}`),
    );
    await engine.close();
  });

  test('that hangs does not keep a shell waiting', async () => {
    const sensor = sensorWith(syslogAt('tcp', 9));
    await look(sensor.engine, 'list');
    const engine = openEngine({ config: sensor.config, log: errorsInto([]), now: Date.now });
    // As logger does where a socket's buffer is full.
    const hanging = join(sensor.directory, 'bin');
    mkdirSync(hanging);
    writeFileSync(join(hanging, 'logger'), '#!/bin/sh\nexec sleep 30\n', { mode: 0o755 });
    const path = process.env.PATH;
    process.env.PATH = `${hanging}:${path}`;
    await engine.close();
    process.env.PATH = path;
    assert.equal(sensor.engine.shipping().waiting, 1, 'it waits for whoever is next');
  });
});

describe('a line for syslog', () => {
  const row: AuditRow = {
    ...{
      seq: 7,
      at: 1_795_486_205_000,
      outcome: 'refused',
      settles: 6,
      verb: 'stop',
      analyst: 'will',
      acting_for: null,
    },
    ...{ origin: '{"door":"shell","login":"will","tty":"pts/3","remoteHost":null}', words: 'stop c1', capture: 'c1' },
    ...{ detail: 'not yours', process: '1/b/2', previous: '00', hash: 'ab'.repeat(32) },
  };

  test('holds all of an entry that a reader of logs needs', () => {
    assert.equal(
      syslogLine('dmz-1', row),
      'seq=7 at=2026-11-24T02:10:05.000Z sensor="dmz-1" outcome="refused" settles=6 verb="stop" analyst="will" ' +
        `origin="shell:will@pts/3" capture="c1" hash="${'ab'.repeat(32)}" words="stop c1" detail="not yours"`,
    );
  });

  test('is one line with its own fields, whatever people type', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom(
        'x" analyst="root',
        'x\nseq=8 analyst="root"',
        'x\\" a="',
        '<0>emerg',
        '] [x@1 y="z"]',
        '\u2028',
        '\u0000',
      ),
    );
    fc.assert(
      fc.property(hostile, hostile, hostile, (words, detail, verb) => {
        const line = syslogLine('dmz-1', { ...row, words, detail, verb });
        assert.match(line, /^[\x20-\x7e]*$/);
        assert.deepEqual(line.match(/[a-z]+=/g), [
          'seq=',
          'at=',
          'sensor=',
          'outcome=',
          'settles=',
          'verb=',
          'analyst=',
          'origin=',
          'capture=',
          'hash=',
          'words=',
          'detail=',
        ]);
        const read = fieldsOf(line);
        if (verb.length < 15) assert.equal(read.verb, verb);
        if (words.length < 100) assert.equal(read.words, words);
        assert.equal(read.analyst, 'will');
      }),
      { numRuns: 500 },
    );
  });

  test('is never so long that logger makes two of it', () => {
    const long = '\u{1f980}'.repeat(10_000);
    const line = syslogLine(long, {
      ...row,
      words: long,
      detail: long,
      verb: long,
      analyst: long,
      acting_for: long,
      origin: long,
      capture: long,
    });
    assert.ok(line.length < 4_000, String(line.length));
    assert.match(JSON.parse(/words=("[^"]*")/.exec(line)?.[1] ?? ''), /…$/);
  });
});

function hasLocalSyslog(): boolean {
  return existsSync('/dev/log');
}
