import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { execa } from 'execa';
import type { Actor } from '../../src/capture/analyst.ts';
import type { CaptureError, ErrorCode } from '../../src/capture/errors.ts';
import type { SearchOrder, StartOrder } from '../../src/capture/orders.ts';
import { hostile } from './expressions.ts';
import { auditOf, openSensor, type Sensor, searched, standing, tcpdumpsOf, unsettled } from './sensor.ts';

let sensor: Sensor;
beforeEach(() => {
  sensor = openSensor();
});
afterEach(() => sensor.close());

const order: StartOrder = { description: 'traffic to shop', expression: 'udp port 47112' };
const everywhen = { since: null, until: null };

/** Gives an order that must fail, and sees that nothing came of it but an audit entry. */
async function refused(give: () => Promise<unknown>, code: ErrorCode, message: RegExp, outcome: string): Promise<void> {
  const before = await standing(sensor);
  const head = sensor.engine.head().seq;
  await assert.rejects(give, (error: CaptureError) => {
    assert.equal(error.code, code, error.stack ?? '');
    assert.match(error.message, message);
    return true;
  });
  assert.deepEqual(await standing(sensor), before);
  assert.deepEqual(tcpdumpsOf(sensor.directory), []);
  assert.deepEqual(unsettled(sensor), []);
  const entry = auditOf(sensor).find(({ seq, settles }) => seq > head && settles !== null);
  assert.equal(entry?.outcome, outcome);
  assert.match(entry.detail ?? '', message);
}

const orders: readonly [
  what: string,
  given: Partial<StartOrder>,
  by: 'grant' | 'will' | 'mona',
  ErrorCode,
  RegExp,
  string,
][] = [
  ['without a description', { description: ' \n' }, 'grant', 'bad_request', /a description is required/, 'invalid'],
  [
    'with a book for a description',
    { description: 'x'.repeat(10_001) },
    'grant',
    'bad_request',
    /at most 10000/,
    'invalid',
  ],
  ['without an expression', { expression: '' }, 'grant', 'bad_request', /an expression is required/, 'invalid'],
  ['with a host name', { expression: 'host evil.example' }, 'grant', 'bad_expression', /evil\.example/, 'invalid'],
  ['that libpcap refuses', { expression: 'port 99999' }, 'grant', 'bad_expression', /illegal port number/, 'invalid'],
  [
    'on an interface not configured',
    { interface: 'eth7' },
    'grant',
    'bad_request',
    /choose one of lo, nosuch0/,
    'invalid',
  ],
  ['on an option for an interface', { interface: '-w' }, 'grant', 'bad_request', /choose one of/, 'invalid'],
  [
    'on an interface that is gone',
    { interface: 'nosuch0' },
    'grant',
    'tool_failed',
    /nosuch0 .*does not exist/,
    'failed',
  ],
  ['with a snaplen of nothing', { snaplen: 0 }, 'grant', 'bad_request', /64 to 262144/, 'invalid'],
  ['with half a byte of snaplen', { snaplen: 96.5 }, 'grant', 'bad_request', /64 to 262144/, 'invalid'],
  ['with no number for a snaplen', { snaplen: Number.NaN }, 'grant', 'bad_request', /64 to 262144/, 'invalid'],
  ['of a viewer', {}, 'mona', 'not_allowed', /mona is a viewer/, 'refused'],
  ['of a viewer for somebody else', { analyst: 'grant' }, 'mona', 'not_allowed', /mona is a viewer/, 'refused'],
  ['for somebody else by no lead', { analyst: 'grant' }, 'will', 'not_allowed', /only a lead may act/, 'refused'],
  ['for nobody known', { analyst: 'mallory' }, 'grant', 'bad_request', /no analyst mallory/, 'invalid'],
  ['for an analyst of hostile name', { analyst: '../../x\ud800' }, 'grant', 'bad_request', /no analyst/, 'invalid'],
];

describe('an order to capture', () => {
  for (const [what, given, by, code, message, outcome] of orders) {
    test(`${what} is refused, and nothing comes of it but an audit entry`, () =>
      refused(() => sensor.engine.start({ ...order, ...given }, sensor[by]), code, message, outcome));
  }

  test('with hostile words for an expression creates nothing anywhere', async () => {
    for (const expression of hostile) {
      await refused(
        () => sensor.engine.start({ ...order, expression }, sensor.grant),
        'bad_expression',
        /./,
        'invalid',
      );
    }
    for (const path of ['/etc/x', '/tmp/evil']) assert.ok(!existsSync(path));
  });
});

describe('an order to search', () => {
  const search = (given: Partial<SearchOrder>, by: Actor) => async () => {
    const all = { description: 'x', expression: 'everything', window: everywhen, ...given };
    await Array.fromAsync(sensor.engine.search(all, by, new AbortController().signal));
  };

  test('that cannot be carried out is refused, and nothing comes of it but an audit entry', async () => {
    const { grant, will, mona } = sensor;
    await refused(search({ description: '' }, grant), 'bad_request', /a description is required/, 'invalid');
    await refused(search({ expression: 'host evil' }, grant), 'bad_expression', /"evil"/, 'invalid');
    await refused(search({ expression: 'port 99999' }, grant), 'bad_expression', /illegal port/, 'invalid');
    await refused(
      search({ rings: ['nowhere'] }, grant),
      'not_found',
      /no ring nowhere here: choose one of dmz/,
      'invalid',
    );
    await refused(
      search({ window: { since: 2e15, until: 1e15 } }, grant),
      'bad_request',
      /ends .* before it begins/,
      'invalid',
    );
    await refused(search({}, mona), 'not_allowed', /viewer/, 'refused');
    await refused(search({ analyst: 'grant' }, will), 'not_allowed', /only a lead/, 'refused');
  });

  test('in a ring that is missing is told as the tool that failed', async () => {
    await execa('rmdir', [sensor.ring]);
    await refused(search({}, sensor.grant), 'tool_failed', /the ring .* cannot be read/, 'failed');
  });

  test('on a sensor without a ring says where one is configured', async () => {
    await sensor.close();
    sensor = openSensor({ rings: [] });
    await refused(search({}, sensor.grant), 'bad_request', /add one under "rings"/, 'invalid');
  });

  test('in an empty ring leaves an empty savefile that is valid', async () => {
    const ended = (await searched(sensor, {})).at(-1)?.capture;
    assert.partialDeepStrictEqual(ended, { state: 'finished', packets: 0, coverage: null });
    assert.equal((await execa('tcpdump', ['-r', ended?.path ?? ''])).stdout, '');
  });
});

describe('an unprivileged user', { skip: process.getuid?.() !== 0 && 'needs root to become one' }, () => {
  const config = new URL('./sensor.ts', import.meta.url).pathname;
  const engine = new URL('../../src/capture/engine.ts', import.meta.url).pathname;
  /** Starts a capture as nobody; prints the error. */
  const asNobody = async (...rights: string[]) => {
    const program = `
      import { openEngine } from ${JSON.stringify(engine)};
      import { actor, configIn, errorsInto } from ${JSON.stringify(config)};
      try {
        const engine = openEngine({ config: configIn(${JSON.stringify(sensor.directory)}), log: errorsInto([]), now: Date.now });
        await engine.start(${JSON.stringify(order)}, actor('grant', 'lead'));
      } catch ({ code, message }) {
        console.log(JSON.stringify({ code, message }));
      }`;
    const drop = ['--reuid=65534', '--regid=65534', '--clear-groups', ...rights];
    const { stdout } = await execa('setpriv', [...drop, process.execPath, '--input-type=module', '-e', program]);
    return JSON.parse(stdout) as { code: string; message: string };
  };

  test('who may not write the captures directory is told so', async () => {
    await execa('chmod', ['-R', 'a+rwX', sensor.directory]);
    await execa('chmod', ['755', sensor.captures]);
    const before = await standing(sensor);
    // One who may capture: otherwise that refusal would come first.
    const { code, message } = await asNobody('--inh-caps=+net_raw', '--ambient-caps=+net_raw');
    assert.equal(code, 'no_room', message);
    assert.match(message, /is not writable for this user: mend its owner or mode/);
    assert.partialDeepStrictEqual(
      auditOf(sensor).findLast(({ verb }) => verb === 'start'),
      { outcome: 'failed' },
    );
    assert.deepEqual(await standing(sensor), before);
  });

  test('who may not capture is told what gives the right', async () => {
    await execa('chmod', ['-R', 'a+rwX', sensor.directory]);
    const before = await standing(sensor);
    const { code, message } = await asNobody();
    assert.equal(code, 'tool_failed');
    assert.match(message, /permission.*run capture as root.*setcap/is);
    assert.deepEqual(await standing(sensor), before);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('who may not write the state directory is told so', async () => {
    await execa('chmod', ['755', sensor.directory]);
    const { code, message } = await asNobody();
    assert.equal(code, 'tool_failed');
    assert.match(message, /registry .* cannot be opened/);
  });
});
