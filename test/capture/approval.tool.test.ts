import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { afterEach, describe, test } from 'node:test';
import type { Actor } from '../../src/capture/analyst.ts';
import type { ApprovalRequest, RequesterNow } from '../../src/capture/approval.ts';
import type { ErrorCode } from '../../src/capture/errors.ts';
import type { BothStep, StartOrder } from '../../src/capture/orders.ts';
import { bootId } from '../../src/capture/process.ts';
import type { ApprovalConfig, Config } from '../../src/config.ts';
import { actor, allOf, auditOf, configIn, openSensor, type Sensor, tcpdumpsOf, unsettled } from './sensor.ts';

const hour = 3_600_000;
const order = { description: 'traffic to shop', expression: 'udp port 47211' };
const lea = actor('lea', 'lead', 'capture approve');

let sensor: Sensor;
let clock = 0;
afterEach(() => sensor.close());

/** A sensor with two leads that asks for a second person where `approval` says. */
function open(approval: Partial<ApprovalConfig> | null, differing: Partial<Config> = {}): void {
  clock = 0;
  const { analysts } = configIn('');
  const nobody = { everything: false, duration: null, size: null, interfaces: [], for: hour / 2 };
  sensor = openSensor(
    {
      approval: approval && { ...nobody, ...approval },
      analysts: [...analysts, { name: 'lea', role: 'lead', slack: [], login: ['lea'] }],
      ...differing,
    },
    () => Date.now() + clock,
    () => Math.round(performance.now()) + clock,
  );
}

async function request(given: Partial<StartOrder> = {}, by: Actor = sensor.will): Promise<ApprovalRequest> {
  const waiting = await sensor.engine.requestApproval({ verb: 'start', order: { ...order, ...given } }, by);
  assert.ok(waiting, 'it needs nobody');
  return waiting;
}

function approve(id: string, by: Actor): Promise<BothStep[]> {
  return Array.fromAsync(sensor.engine.approve(id, by, new AbortController().signal));
}

function refusal(code: ErrorCode, message: RegExp) {
  return { name: 'CaptureError', code, message };
}

/** What the audit log has of an order and its answer, in short. */
function told(): string[] {
  return auditOf(sensor)
    .filter(({ verb }) => verb !== 'list')
    .map(({ verb, outcome, analyst, actingFor, capture }) =>
      [verb, outcome, analyst ?? 'engine', ...(actingFor === null ? [] : [`for ${actingFor}`]), capture ?? '']
        .join(' ')
        .trim(),
    );
}

test('who asked as a member of a user group is not a second person under another name either, nor may they extend what runs', async () => {
  const slack = {
    team: 'T1',
    channels: [],
    digest: null,
    tokens: null,
    groups: { viewer: null, analyst: 'S2' },
    orders: 30,
  };
  open({ everything: true, duration: 2 * hour }, { slack });
  const petra = { door: 'slack', team: 'T1', user: 'U7', channel: 'C1' } as const;
  const asPetra = await sensor.engine.identify(petra, 'start', 'start', { groups: ['S2'], handle: 'petra' });
  const { id } = await request({ expression: 'everything', duration: hour }, asPetra);
  const renamed: Actor = { analyst: { name: 'p.miller', role: 'lead' }, origin: petra, words: '[Approve]' };
  await assert.rejects(approve(id, renamed), refusal('not_allowed', /a second person approves it/));
  await approve(id, lea);
  await assert.rejects(
    sensor.engine.extend('c1', 5 * hour, renamed),
    refusal('not_allowed', /a lead other than petra extends it/),
  );
  await sensor.engine.extend('c1', 5 * hour, lea);
});

describe('a capture', () => {
  const cases: readonly [Partial<ApprovalConfig>, Partial<StartOrder>, RegExp | null][] = [
    [{ everything: true }, { expression: 'everything' }, /^it captures everything/],
    [{ everything: true }, { expression: 'ip or not ip' }, /^it captures everything/],
    [{ everything: true }, { expression: 'not udp port 47211' }, null],
    [{ duration: 8 * hour }, {}, /^it may run for 1d, longer than 8h \(approval.duration\): --for shortens it$/],
    [{ duration: 8 * hour }, { duration: 8 * hour }, null],
    [{ size: 5e9 }, {}, /^it may grow to 10GB, larger than 5GB/],
    [{ size: 5e9 }, { maxBytes: 5e9 }, null],
    [{ interfaces: ['lo'] }, {}, /^it is on lo \(approval.interfaces\)$/],
    [{ interfaces: ['nosuch0'] }, {}, null],
    [{ everything: true, size: 5e9 }, { expression: 'everything' }, /everything \(approval.everything\); it may grow/],
  ];
  for (const [approval, given, needed] of cases) {
    test(`${JSON.stringify(given)} under ${JSON.stringify(approval)} ${needed ? 'waits for a second person' : 'needs nobody'}`, async () => {
      open(approval);
      const { engine, will } = sensor;
      const waiting = await engine.requestApproval({ verb: 'start', order: { ...order, ...given } }, will);
      if (needed === null) return assert.equal(waiting, null);
      assert.match(waiting?.needed ?? '', needed);
      assert.deepEqual([waiting?.state, waiting?.analyst, waiting?.id], ['waiting', 'will', 'a1']);
      assert.deepEqual(tcpdumpsOf(sensor.directory), []);
      assert.deepEqual(told(), ['start asked will', 'start done will a1']);
      assert.match(
        auditOf(sensor).at(-1)?.detail ?? '',
        /^waits for the approval of a second person until .* UTC: it /,
      );
    });
  }

  test('needs nobody on a sensor whose configuration does not ask for it', async () => {
    open(null);
    const { engine, will } = sensor;
    assert.equal(
      await engine.requestApproval({ verb: 'start', order: { ...order, expression: 'everything' } }, will),
      null,
    );
    assert.deepEqual(told(), []);
  });

  test('that needs a second person does not start through a door that did not ask', async () => {
    open({ interfaces: ['lo'] });
    const { engine, grant } = sensor;
    await assert.rejects(
      engine.start(order, grant),
      refusal('not_allowed', /on lo .*once a second person has approved/),
    );
    const steps = engine.both({ ...order, since: null }, grant, new AbortController().signal);
    await assert.rejects(Array.fromAsync(steps), refusal('not_allowed', /second person/));
    assert.deepEqual(tcpdumpsOf(sensor.directory), []);
    assert.deepEqual(told(), ['start asked grant', 'start refused grant', 'both asked grant', 'both refused grant']);
  });

  test('that could not start is refused at once, not first asked about', async () => {
    open({ interfaces: ['lo'] });
    await assert.rejects(request({ expression: 'port 99999' }), refusal('bad_expression', /illegal port/));
    await assert.rejects(
      request({ duration: 48 * hour }),
      refusal('not_allowed', /only a lead may capture for longer/),
    );
    await assert.rejects(request({}, sensor.mona), refusal('not_allowed', /viewer/));
    assert.deepEqual(sensor.engine.waiting(), []);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('is asked for no more often than one may have running', async () => {
    open({ interfaces: ['lo'] }, { limits: { ...configIn('').limits, perAnalyst: 2 } });
    await request();
    await request();
    await assert.rejects(request(), refusal('conflict', /2 requests of will wait for approval \(a1, a2\)/));
    assert.equal((await request({}, sensor.grant)).id, 'a3');
    assert.deepEqual(unsettled(sensor), []);
  });
});

describe('a request', () => {
  test('that a lead approves starts as the requester’s capture, with both names in registry, sidecar and audit log', async () => {
    open({ interfaces: ['lo'] });
    const { engine, will } = sensor;
    const { id } = await request({ duration: 2 * hour, case: 'INC-7' });
    const [started, ...others] = await approve(id, lea);
    assert.ok(started?.step === 'started' && others.length === 0);
    const { capture } = started;
    assert.partialDeepStrictEqual(capture, {
      id: 'c1',
      analyst: 'will',
      orderedBy: 'will',
      approvedBy: 'lea',
      case: 'INC-7',
    });
    assert.equal((capture.limits.deadline ?? 0) - capture.startedAt, 2 * hour);
    assert.partialDeepStrictEqual(engine.peekRequest(id), { state: 'started', answeredBy: 'lea', capture: 'c1' });
    const [stopped] = await engine.stop('c1', will);
    const sidecar = JSON.parse(readFileSync(`${stopped?.path}.json`, 'utf8'));
    assert.deepEqual([sidecar.analyst, sidecar.approvedBy], ['will', 'lea']);
    const steps = await Array.fromAsync(
      engine.verify({ selector: 'c1', hash: false }, will, new AbortController().signal),
    );
    assert.partialDeepStrictEqual(steps.at(-1), { step: 'ended', tally: { sound: true } });
    assert.deepEqual(told().slice(0, 4), [
      'start asked will',
      'start done will a1',
      'approve asked lea for will',
      'approve done lea for will c1',
    ]);
    const entry = auditOf(sensor).find(({ verb, outcome }) => verb === 'approve' && outcome === 'done');
    assert.match(entry?.detail ?? '', /^a1, asked by will: will_traffic.to.shop_.*pcap$/);
  });

  const refusals: readonly [
    string,
    by: 'grant' | 'will' | 'mona' | 'lea',
    given: Partial<StartOrder>,
    asks: 'grant' | 'will',
    RegExp,
  ][] = [
    ['its requester, a lead', 'grant', {}, 'grant', /ask a lead other than grant/],
    ['its requester, who is no lead', 'will', {}, 'will', /a second person approves it/],
    [
      'the lead who ordered it for somebody else',
      'grant',
      { analyst: 'will' },
      'grant',
      /a1 is grant's, for will: ask a lead other than grant and will/,
    ],
    ['the one for whom a lead ordered it', 'will', { analyst: 'will' }, 'grant', /a second person approves it/],
    ['the lead for whom another ordered it', 'lea', { analyst: 'lea' }, 'grant', /a second person approves it/],
    ['a viewer', 'mona', {}, 'will', /only a lead approves/],
  ];
  for (const [who, by, given, asks, words] of refusals) {
    test(`is not approved by ${who}`, async () => {
      open({ interfaces: ['lo'] });
      const people = { ...sensor, lea };
      await request(given, people[asks]);
      await assert.rejects(approve('a1', people[by]), refusal('not_allowed', words));
      assert.equal(sensor.engine.peekRequest('a1')?.state, 'waiting');
      assert.deepEqual(tcpdumpsOf(sensor.directory), []);
      assert.equal(
        told()
          .at(-1)
          ?.replace(/ for \w+/, ''),
        `approve refused ${by}`,
      );
    });
  }

  test('that two leads approve at once starts one capture', async () => {
    open({ interfaces: ['lo'] });
    await request();
    const outcomes = await Promise.allSettled([approve('a1', lea), approve('a1', sensor.grant)]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
    const rejected = outcomes.find((outcome) => outcome.status === 'rejected');
    assert.match(String(rejected?.reason), /a1 was approved by (lea|grant) and is being started/);
    await assert.rejects(approve('a1', lea), refusal('conflict', /and started as c1/));
    await assert.rejects(approve('a9', lea), refusal('not_found', /there is no request a9/));
    assert.equal((await allOf(sensor)).length, 1);
    assert.equal(tcpdumpsOf(sensor.directory).length, 1);
  });

  test('whose requester has as many captures running by then fails, and says so', async () => {
    open({ duration: hour }, { limits: { ...configIn('').limits, perAnalyst: 1 } });
    const { engine, will } = sensor;
    await request();
    await engine.start({ ...order, duration: hour }, will);
    await assert.rejects(approve('a1', lea), refusal('conflict', /will has 1 capture running \(c1\)/));
    assert.partialDeepStrictEqual(engine.peekRequest('a1'), { state: 'failed', answeredBy: 'lea', capture: null });
    assert.match(engine.peekRequest('a1')?.why ?? '', /1 is the limit/);
    await assert.rejects(approve('a1', lea), refusal('conflict', /could not be started: will has 1 capture/));
    assert.deepEqual(unsettled(sensor), []);
  });

  test('of somebody who is no analyst any more is not approved', async () => {
    open({ interfaces: ['lo'] });
    const gone = actor('wolf', 'analyst');
    await request({}, gone);
    await assert.rejects(approve('a1', lea), refusal('not_allowed', /wolf, who asked for a1, is no analyst/));
    assert.equal(sensor.engine.peekRequest('a1')?.state, 'waiting');
  });

  test('that is denied never starts, by a lead or by who takes it back', async () => {
    open({ interfaces: ['lo'] });
    const { engine, will, mona, grant } = sensor;
    await request();
    await request();
    await assert.rejects(
      engine.deny('a1', null, mona),
      refusal('not_allowed', /only a lead denies it, or will withdraws it/),
    );
    assert.partialDeepStrictEqual(await engine.deny('a1', null, lea), { state: 'denied', answeredBy: 'lea' });
    assert.partialDeepStrictEqual(await engine.deny('a2', null, will), { state: 'denied', answeredBy: 'will' });
    await assert.rejects(engine.deny('a1', null, grant), refusal('conflict', /a1 was denied by lea/));
    await assert.rejects(approve('a2', lea), refusal('conflict', /a2 was withdrawn by will/));
    assert.ok(told().includes('deny done lea for will a1'));
    assert.deepEqual(tcpdumpsOf(sensor.directory), []);
    assert.deepEqual(unsettled(sensor), []);
  });

  test('that is denied with a reason keeps it, in the audit log as well', async () => {
    open({ interfaces: ['lo'] });
    const { engine } = sensor;
    await request();
    await assert.rejects(engine.deny('a1', 'x'.repeat(301), lea), refusal('bad_request', /301 characters, 300 are/));
    await engine.deny('a1', 'too broad: name a host', lea);
    assert.equal(engine.peekRequest('a1')?.why, 'too broad: name a host');
    await assert.rejects(approve('a1', lea), refusal('conflict', /^a1 was denied by lea: too broad: name a host$/));
    const denied = auditOf(sensor).find(({ verb, outcome }) => verb === 'deny' && outcome === 'done');
    assert.equal(denied?.detail, 'a1, asked by will, was denied by lea: too broad: name a host');
  });

  test('is shown to anybody, which is in the audit log, and says who may answer it how', async () => {
    open({ interfaces: ['lo'] });
    const { engine, will, mona, grant } = sensor;
    const asked = await request({ analyst: 'will' }, grant);
    const may = (who: Actor) => Object.values(engine.answers(engine.peekRequest('a1') ?? asked, who)).join();
    assert.deepEqual([lea, grant, will, mona].map(may), ['true,true', 'false,true', 'false,true', 'false,false']);
    assert.equal((await engine.showRequest('a1', mona)).state, 'waiting');
    await assert.rejects(engine.showRequest('a2', mona), refusal('not_found', /there is no request a2/));
    assert.deepEqual(
      told().filter((line) => line.startsWith('show')),
      ['show done mona a1', 'show invalid mona'],
    );
    await engine.deny('a1', null, will);
    assert.equal(may(lea), 'false,false');
  });

  test('keeps what its requester should know of the capture that was started', async () => {
    open({ everything: true });
    await request({ expression: 'everything' });
    await approve('a1', lea);
    assert.match(sensor.engine.peekRequest('a1')?.warnings.join() ?? '', /^this captures everything/);
  });

  test('of a member of a user group is approved by what Slack says of them now, where it was asked', async () => {
    const given = { viewer: null, analyst: 'S2' };
    const slack = { team: 'T1', channels: [], digest: null, tokens: null, groups: given, orders: 30 };
    open({ interfaces: ['lo'] }, { slack });
    const { engine } = sensor;
    const origin = { door: 'slack', team: 'T1', user: 'U7', channel: 'C1' } as const;
    const petra = await engine.identify(origin, 'start', 'start', { groups: ['S2'], handle: 'petra' });
    const approved = (id: string, requester?: RequesterNow) =>
      Array.fromAsync(engine.approve(id, lea, new AbortController().signal, requester));
    await request({}, petra);
    await assert.rejects(approved('a1', 'unasked'), refusal('tool_failed', /Slack could not be asked .* petra/));
    await assert.rejects(approved('a1', 'nobody'), refusal('not_allowed', /petra, who asked for a1, is no analyst/));
    await assert.rejects(approved('a1', { name: 'other', role: 'analyst' }), refusal('not_allowed', /is no analyst/));
    assert.equal(engine.peekRequest('a1')?.state, 'waiting');
    await assert.rejects(
      approved('a1', { name: 'petra', role: 'viewer' }),
      refusal('not_allowed', /petra is a viewer/),
    );
    assert.equal(engine.peekRequest('a1')?.state, 'failed');
    await request({}, petra);
    await approved('a2', { name: 'petra', role: 'analyst' });
    await request({ expression: 'udp port 47212' }, petra);
    await approved('a3');
    assert.deepEqual([engine.peek('c1')?.analyst, engine.peek('c2')?.analyst], ['petra', 'petra']);
  });

  test('that nobody answers in time expires, is noted as that, and starts nothing', async () => {
    open({ interfaces: ['lo'] });
    const { engine } = sensor;
    await request();
    clock = hour / 2 - 5_000;
    await engine.reconcile();
    assert.equal(engine.peekRequest('a1')?.state, 'waiting');
    clock = hour / 2;
    await assert.rejects(approve('a1', lea), refusal('conflict', /a1 expired/));
    assert.equal(engine.peekRequest('a1')?.state, 'expired');
    await engine.reconcile();
    const noted = auditOf(sensor).filter(({ outcome }) => outcome === 'noted');
    assert.deepEqual(
      noted.map(({ verb, capture, actingFor, detail }) => [verb, capture, actingFor, detail]),
      [['approve', 'a1', 'will', 'a1, asked by will, expired: nobody answered it in time']],
    );
    assert.deepEqual(tcpdumpsOf(sensor.directory), []);
  });

  test('is listed while it waits, and for a day with what became of it', async () => {
    open({ interfaces: ['lo'] });
    const { engine, will, mona } = sensor;
    await request();
    await request();
    await engine.deny('a1', null, will);
    const listed = async () => (await engine.requests(mona)).map(({ id, state }) => `${id} ${state}`);
    assert.deepEqual(await listed(), ['a1 denied', 'a2 waiting']);
    assert.deepEqual(
      engine.waiting().map(({ id }) => id),
      ['a2'],
    );
    clock = 25 * hour;
    assert.deepEqual(await listed(), ['a2 expired'].slice(1));
  });

  test('for both starts the live capture and then searches the ring, which needs nobody by itself', async () => {
    open({ interfaces: ['lo'] });
    const { engine, will } = sensor;
    const waiting = await engine.requestApproval({ verb: 'both', order: { ...order, since: null } }, will);
    assert.partialDeepStrictEqual(waiting?.asked, { verb: 'both', order: { interface: 'lo', confirmed: true } });
    // Else it waits for a logger that this ring does not have.
    const cancel = new AbortController();
    const steps: string[] = [];
    for await (const { step } of engine.approve('a1', lea, cancel.signal)) {
      steps.push(step);
      cancel.abort();
    }
    assert.deepEqual([steps[0], steps.at(-1)], ['started', 'ended']);
    const [search, live] = await allOf(sensor);
    assert.partialDeepStrictEqual(live, { kind: 'live', approvedBy: 'lea', orderedBy: 'will' });
    assert.partialDeepStrictEqual(search, { kind: 'past', approvedBy: null, orderedBy: 'will', state: 'cancelled' });
  });
});

describe('what was approved', () => {
  test('is extended by a second person alone', async () => {
    open({ interfaces: ['lo'] });
    const { engine, will, grant } = sensor;
    await request({ duration: hour }, grant);
    await approve('a1', lea);
    await assert.rejects(
      engine.extend('c1', hour, grant),
      refusal('not_allowed', /as it was approved by lea: a lead other than grant extends it/),
    );
    assert.ok(await engine.extend('c1', hour, lea));
    await assert.rejects(engine.extend('c1', hour, grant), refusal('not_allowed', /other than grant/));
    await request({ duration: hour }, will);
    await approve('a2', lea);
    await assert.rejects(engine.extend('c2', 1_000, will), refusal('not_allowed', /other than will/));
    assert.ok(await engine.keep('c2', will));
  });

  test('and what needed nobody is not extended past the bound by who ordered it', async () => {
    open({ duration: 2 * hour });
    const { engine, will, grant } = sensor;
    await engine.start({ ...order, duration: hour }, will);
    await assert.rejects(
      engine.extend('c1', 2 * hour, will),
      refusal(
        'not_allowed',
        /runs for 2h from its start \(approval.duration\): extend it by 1h at most; a second person, a lead other than will/,
      ),
    );
    assert.ok(await engine.extend('c1', hour, will));
    assert.ok(await engine.extend('c1', 10 * hour, grant));
    await engine.start({ ...order, duration: hour }, grant);
    await assert.rejects(engine.extend('c2', 2 * hour, grant), refusal('not_allowed', /other than grant/));
    assert.ok(await engine.extend('c2', 10 * hour, lea));
  });
});

test('a request keeps its time over a reboot by the clock on the wall', async () => {
  open({ interfaces: ['lo'] });
  const { engine } = sensor;
  const { openDatabase } = await import('../../src/database.ts');
  await request();
  const database = openDatabase(sensor.config.state);
  database.prepare('UPDATE requests SET boot = ?, expires_uptime = 0').run(bootId.replace(/^./, 'x'));
  database.close();
  await engine.reconcile();
  assert.equal(engine.peekRequest('a1')?.state, 'waiting');
  clock = hour;
  await engine.reconcile();
  assert.equal(engine.peekRequest('a1')?.state, 'expired');
});
