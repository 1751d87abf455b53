import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { auditView, chainView } from '../../../src/bot/views/audit.ts';
import { withButtons } from '../../../src/bot/views/buttons.ts';
import { captureView } from '../../../src/bot/views/capture.ts';
import { detailsView } from '../../../src/bot/views/details.ts';
import { digestView } from '../../../src/bot/views/digest.ts';
import { failureView, lossView, requestLossView } from '../../../src/bot/views/direct.ts';
import { doctorView } from '../../../src/bot/views/doctor.ts';
import { echoed } from '../../../src/bot/views/echo.ts';
import { endingView } from '../../../src/bot/views/ending.ts';
import { bugView, errorView } from '../../../src/bot/views/error.ts';
import { getView, verifyView } from '../../../src/bot/views/evidence.ts';
import { fillInView } from '../../../src/bot/views/fill-in.ts';
import { helpView } from '../../../src/bot/views/help.ts';
import { interruptedView } from '../../../src/bot/views/interrupted.ts';
import { listView } from '../../../src/bot/views/list.ts';
import { menuView } from '../../../src/bot/views/menu.ts';
import {
  endedAlreadyView,
  extendedAlreadyView,
  extendedView,
  inviteView,
  sentAlreadyView,
  startedView,
  stoppedView,
  warningsView,
} from '../../../src/bot/views/notice.ts';
import { pinnedView, pinsView, unpinnedView } from '../../../src/bot/views/pins.ts';
import { answeredAlreadyView, notSearchedView, preflightView } from '../../../src/bot/views/preflight.ts';
import { progressView } from '../../../src/bot/views/progress.ts';
import { questionView } from '../../../src/bot/views/question.ts';
import {
  deniedView,
  inviteForRequestView,
  requestEndedView,
  requestedView,
  requestView,
} from '../../../src/bot/views/request.ts';
import { requestsView, waitingView } from '../../../src/bot/views/requests.ts';
import { shareable, sharedAlreadyView, sharedView, withShare } from '../../../src/bot/views/share.ts';
import type { View } from '../../../src/bot/views/view.ts';
import { whoamiView } from '../../../src/bot/views/whoami.ts';
import { CaptureError } from '../../../src/capture/errors.ts';
import type { HeldSavefile } from '../../../src/capture/evidence.ts';
import type { AskedSearch } from '../../../src/capture/orders.ts';
import { expandForVlan } from '../../../src/capture/vlan.ts';
import { faultsOf } from './limits.ts';
import {
  brokenRing,
  digest,
  disk,
  ended,
  entry,
  facts,
  found,
  head,
  joined,
  leftOut,
  live,
  now,
  past,
  pin,
  pinned,
  preflight,
  reports,
  request,
} from './samples.ts';

const refused = new CaptureError(
  'bad_expression',
  'tcpdump does not accept this expression: illegal port number 99999 > 65535\nWrite a port from 0 to 65535',
);
const dropped = { counts: { captured: 3412, receivedByFilter: 3424, droppedByKernel: 12 } };
const died = { state: 'died', why: 'tcpdump was killed by signal 9', counts: null } as const;
const warning =
  'eth1 carries VLAN tags: the expression is matched without a tag, behind one and behind two; --exact takes it as typed';

const { id, analyst, savefile, path, endedAt, bytes, sha256 } = live(ended);
const held: HeldSavefile = { capture: id, analyst, savefile, path, endedAt: endedAt ?? now, bytes, sha256 };

const host = 'dmz-1';
/** Eight minutes before its deadline. */
const deadline = now + 480_000;
const analyst24h = { person: 'U024BE7LH', longest: 24 * 3_600_000, second: false };
const near = live({ limits: { deadline, bytes: 10e9, packets: null, near: true } });

const order = { description: 'beacon <!channel> *x* \u202egnp.exe', expression: 'host 192.0.2.7' };
const large: AskedSearch = { verb: 'search', order: { ...order, window: { since: null, until: null } } };
const waiting = '6e1a3c0e-6d0f-4c6e-9a51-0f5f2d1c7b11';

const refusedRequest = request({ state: 'denied', answeredBy: 'lea', endedAt: now, why: 'too broad: name a host' });
const long = {
  verb: 'start',
  order: {
    ...request().asked.order,
    expression: `host ${Array.from({ length: 40 }, (_, at) => `192.0.2.${at}`).join(' or host ')}`,
  },
} as const;
const started = request({ state: 'started', answeredBy: 'lea', endedAt: now, capture: 'c12' });

const golden: Record<string, View> = {
  audit: auditView(
    [
      entry({
        seq: 14,
        verb: 'stop',
        outcome: 'refused',
        analyst: null,
        words: '/capture stop <!channel>',
        detail: 'guests may not use capture',
      }),
      entry({
        ...{
          seq: 13,
          verb: 'start',
          outcome: 'asked',
          actingFor: 'will',
          words: "start -d 'traffic to shop' -e 'port 53'",
        },
        origin: { door: 'shell', login: 'grant', tty: 'pts/3', remoteHost: '192.0.2.9' },
      }),
      entry({
        seq: 12,
        verb: 'died',
        outcome: 'done',
        analyst: null,
        origin: { door: 'engine' },
        words: '',
        capture: 'c3',
      }),
    ],
    1_409,
  ),
  'audit-nothing': auditView([], 0),
  'audit-verified': chainView({ step: 'ended', entries: 1_412, head, broken: null, unguarded: [] }, null),
  'audit-broken': chainView(
    {
      ...{ step: 'ended', entries: 41, head, unguarded: ['audit_no_update'] },
      broken: { seq: 42, fault: 'hash differs', detail: 'its columns are not those that were hashed' },
    },
    head,
  ),
  doctor: doctorView([
    { check: 'node', verdict: 'ok', found: '24.4.0' },
    { check: 'syslog', verdict: 'skipped', found: 'not configured' },
    {
      ...{ check: 'interface eth1', verdict: 'warning', found: 'is up, but has no link: no packet arrives' },
      mend: { say: 'Look at the cable and the tap.', command: 'ip -s link show dev eth1' },
    },
    {
      ...{ check: 'orphan', verdict: 'broken', found: 'tcpdump 4711 writes x.pcap, and the registry does not know it' },
      mend: { say: 'End it: its file stays.', command: 'kill -INT 4711' },
    },
  ]),
  'doctor-well': doctorView([{ check: 'node', verdict: 'ok', found: '24.4.0' }]),
  'at-hand': withButtons(detailsView(live(), []), live()),
  'something-missing': fillInView(
    errorView(
      new CaptureError(
        'bad_request',
        "start needs a description (why it is captured): write @capture start -d 'traffic to shop' -e 'udp port 53'",
      ),
    ),
    { verb: 'start', options: { expression: 'udp port 53' } },
  ),
  'live-starting': captureView(live({ state: 'starting', bytes: null }), now),
  'live-waiting': captureView(
    live({
      state: 'starting',
      bytes: null,
      keep: true,
      why: 'not started again after a reboot: tcpdump did not start: eth1: That device is not up',
    }),
    now,
  ),
  'live-nothing-yet': captureView(live({ bytes: 24 }), now),
  'live-running': captureView(live(), now),
  'live-stopped': captureView(live(ended), now),
  'live-stopped-with-drops': captureView(live({ ...ended, ...dropped }), now),
  'live-died': captureView(live({ ...ended, ...died }), now),
  'live-failed': captureView(
    live({ state: 'failed', endedAt: now, why: 'tcpdump could not open eth1: you lack the permission' }),
    now,
  ),
  'live-acted-for': captureView(live({ orderedBy: 'mara', case: 'INC-7' }), now),
  'live-approved': captureView(live({ approvedBy: 'lea' }), now),
  'live-expanded': captureView(live({ expanded: expandForVlan(live().expression) }), now),
  'live-ending': endingView(live({ ...ended, ...dropped }), host),
  'search-planning': captureView(past({ progress: null, bytes: null }), now),
  'search-running': captureView(past(), now),
  'search-found': captureView(past({ ...found, coverage: { searched: 432 } }), now),
  'search-with-gaps': captureView(past(found), now),
  'search-nothing': captureView(past({ ...found, packets: 0, bytes: 24, coverage: { searched: 432 } }), now),
  'search-cancelled': captureView(
    past({ ...found, state: 'cancelled', why: 'cancelled by grant', coverage: { searched: 180, 'not searched': 252 } }),
    now,
  ),
  'search-waiting': progressView(past({ state: 'starting', progress: null, bytes: null }), [], host),
  'search-progress': progressView(past(), reports, host),
  'search-not-held': captureView(past({ ...found, coverage: { searched: 432 }, ringSpans: [brokenRing] }), now),
  'search-coverage-not-held': progressView(past({ ...found, ringSpans: [brokenRing] }), reports, host),
  'search-coverage-cancelled': progressView(
    past({ ...found, state: 'cancelled', why: 'cancelled', progress: past().progress }),
    [...reports, ...leftOut],
    host,
  ),
  'search-coverage': progressView(past(found), reports, host),
  'search-of-two-rings': progressView(
    past({ ring: 'dmz,lan', coverageByRing: { dmz: { searched: 120 }, lan: { searched: 60 } } }),
    [],
    host,
  ),
  'search-to-be-joined': progressView(past({ ...found, join: { join: 'awaited' } }), [], host),
  question: questionView(near, deadline, analyst24h),
  'question-at-the-limit': questionView(near, deadline, { ...analyst24h, longest: 3 * 3_600_000 }),
  'question-approved': questionView({ ...near, approvedBy: 'lea' }, deadline, {
    ...analyst24h,
    person: 'U024BE7LH',
    second: true,
  }),
  'question-approved-in-a-shell': questionView({ ...near, approvedBy: 'lea' }, deadline, {
    ...analyst24h,
    person: null,
    second: true,
  }),
  'question-beyond-approval': questionView(near, deadline, { ...analyst24h, person: null, second: true }),
  'question-extended': questionView(live(), deadline, analyst24h),
  'question-stopped': questionView(live({ ...near, ...ended }), deadline, analyst24h),
  'live-near-its-deadline': captureView(near, now),
  extended: extendedView(live()),
  'extended-already': extendedAlreadyView(live(), 'stopped'),
  'failure-direct': failureView(live({ ...ended, ...died })),
  'failure-direct-search': failureView(
    past({
      ...{ state: 'died', endedAt: now, analyst: 'will', orderedBy: 'grant' },
      why: 'the bot that searched was interrupted after 35 of 97 ring files: the others were not searched to their end. Order the search again to have all of it',
    }),
  ),
  'loss-direct': lossView(live(), 'message_not_found'),
  'loss-direct-stopping': lossView(live({ state: 'stopping' }), 'message_not_found'),
  'loss-direct-ended': lossView(live(ended), 'message_not_found'),
  warnings: warningsView(live(), [warning, warning]),
  'details-to-share': withShare(shareable(detailsView(live(ended), []), { verb: 'show', id: 'c12' })),
  'shared-already': sharedAlreadyView(),
  'details-shared': sharedView(detailsView(live(ended), []), 'will'),
  'list-to-share': withShare(
    shareable(listView([live()], now, { all: false }), { verb: 'list', selection: { all: false } }),
  ),
  'live-to-be-joined': captureView(live({ ...ended, join: { join: 'awaited' } }), now),
  joining: captureView(
    joined({ state: 'running', endedAt: null, why: null, packets: null, facts: null, sha256: null }),
    now,
  ),
  joined: captureView(joined(), now),
  'joined-ending': endingView(joined({ facts: { ...facts, linktype: null } }), host),
  'joined-failed': captureView(
    joined({
      state: 'failed',
      why: 'not joined: the savefile of c12 is gone',
      packets: null,
      facts: null,
      sha256: null,
    }),
    now,
  ),
  'details-joined': detailsView(joined(), []),
  'details-live': detailsView(live({ ...ended, keep: true }), []),
  'details-running': detailsView(live({ keep: true }), []),
  'details-search': detailsView(past(found), reports),
  'details-deleted': detailsView(live(ended), [], { at: now, why: 'kept for 30d (retention.age)' }),
  'list-deleted': listView(
    [live({ ...ended, id: 'c9' }), live({ ...ended, id: 'c8' })],
    now,
    { all: true },
    (id) => id === 'c8',
  ),
  list: listView([live(), past(), live({ ...ended, id: 'c9', startedAt: now - 86_400_000 })], now, { all: true }),
  'list-empty': listView([], now, { all: false }),
  'list-unmatched': listView([], now, { all: false, selector: 'grant' }),
  error: echoed(errorView(refused), { verb: 'start', order: { description: 'shop', expression: 'port 99999' } }),
  bug: bugView('b7f3a1'),
  help: helpView(
    [
      '/capture: packet captures with a reason',
      '',
      '  start   starts a live capture',
      '',
      'To copy:',
      '  /capture start host 192.0.2.7',
    ].join('\n'),
  ),
  'whoami-by-group': whoamiView(
    { name: 'petra', role: 'analyst' },
    { door: 'slack', team: 'T024BE7LD', user: 'U024BE7LP', channel: 'C1', group: 'S0614TZR8' },
  ),
  whoami: whoamiView(
    { name: 'grant', role: 'lead' },
    { door: 'slack', team: 'T024BE7LD', user: 'U024BE7LH', channel: 'C1' },
  ),
  menu: menuView({ name: 'will', role: 'analyst' }),
  'menu-viewer': menuView({ name: 'maria', role: 'viewer' }),
  'sent-already': sentAlreadyView(),
  'interrupted-nothing': interruptedView('/capture start -d x host 192.0.2.7', {
    outcome: null,
    detail: null,
    captures: [],
    unsearched: null,
  }),
  'interrupted-both': interruptedView('/capture both -d x --since 24h host 192.0.2.7', {
    outcome: 'done',
    detail: null,
    captures: [live()],
    unsearched: live(),
  }),
  'interrupted-running': interruptedView('/capture start -d x host 192.0.2.7', {
    outcome: 'unknown',
    detail: 'the process that carried this out ended before it could say',
    captures: [live()],
    unsearched: null,
  }),
  started: startedView({ capture: live(), warnings: [warning] }),
  stopped: stoppedView([live(ended), past({ ...found, state: 'cancelled' })]),
  'ended-already': endedAlreadyView(live({ ...ended, why: 'stopped by will' })),
  invite: inviteView(live()),
  get: getView('c12', {
    savefiles: [
      { held, host: 'dmz-1.corp.example', login: 'grant', sidecar: `${held.path}.json`, warnings: [] },
      {
        held: { ...held, bytes: null, sha256: null },
        host: 'dmz-1',
        login: null,
        sidecar: null,
        warnings: ['it has no digest'],
      },
    ],
    vanished: [held],
  }),
  'verify-sound': verifyView({ findings: { holds: 12 }, sidecars: 0, sound: true }, []),
  'verify-changed': verifyView({ findings: { holds: 11, changed: 1, vanished: 1 }, sidecars: 1, sound: false }, [
    {
      held,
      finding: { finding: 'changed', sha256: 'ab'.repeat(32), bytes: 1_262_486 },
      sidecar: { sidecar: 'missing' },
    },
    { held, finding: { finding: 'vanished' }, sidecar: null },
  ]),
  pinned: pinnedView(pin),
  'pinned-not-all': pinnedView({
    ...pin,
    lacking: [
      {
        file: 'daemonlogger.pcap.1795475405',
        pinned: 'nothing',
        from: (now - 3 * 3_600_000) * 1000,
        to: (now - 2 * 3_600_000) * 1000,
        why: 'it was pruned before it was pinned',
      },
      {
        file: 'daemonlogger.pcap.1795486200',
        pinned: 'part',
        from: (now - 5_000) * 1000,
        to: null,
        why: 'still being written: copied up to its last whole packet',
      },
    ],
  }),
  pins: pinsView({ pins: [pin, { ...pin, id: 'p4', state: 'pinning', case: null }], used: 8e9, limit: 100e9 }, now),
  'pins-none': pinsView(pinned, now),
  unpinned: unpinnedView({ ...pin, state: 'released', endedAt: now, why: 'released by grant' }),
  digest: digestView(digest()),
  'digest-doubtful': digestView(
    digest({
      ...{ captures: [], entries: [], head, disk, pinned },
      chain: { entries: 11, broken: { seq: 12, fault: 'hash differs', detail: 'it carries 11' }, unguarded: [] },
      doubtful: [
        { held, doubt: 'vanished' },
        { held: { ...held, capture: 'c13' }, doubt: 'other size' },
      ],
    }),
  ),
  'request-waiting': requestView(request()),
  'request-acted-for': requestView(request({ orderedBy: 'grant' })),
  'request-starting': requestView(request({ state: 'starting', answeredBy: 'lea' })),
  'request-started': requestView(started),
  'request-failed': requestView(
    request({ state: 'failed', answeredBy: 'lea', endedAt: now, why: 'will has 5 captures running' }),
  ),
  'request-denied': requestView(refusedRequest),
  'request-expired': requestView(request({ state: 'expired', endedAt: now })),
  'request-lost': requestLossView(request(), 'C024BE91L', 'message_not_found'),
  'request-lost-over': requestLossView(started, 'C024BE91L', 'is_archived'),
  'request-ended': requestEndedView(started, 'U024BE7LJ'),
  'request-ended-warned': requestEndedView({ ...started, warnings: [warning, warning] }, 'U024BE7LJ'),
  'request-ended-denied': requestEndedView(refusedRequest, 'U024BE7LJ'),
  requested: requestedView(request()),
  requests: requestsView([
    { request: request(), answers: { approve: true, deny: true } },
    { request: request({ id: 'a4', analyst: 'grant', orderedBy: 'grant' }), answers: { approve: false, deny: true } },
    { request: request({ id: 'a5', asked: long }), answers: { approve: true, deny: true } },
    { request: request({ id: 'a6' }), answers: { approve: false, deny: false } },
    {
      request: request({ id: 'a7', state: 'denied', answeredBy: 'lea', endedAt: now, why: 'too broad: name a host' }),
      answers: { approve: false, deny: false },
    },
  ]),
  'requests-none': requestsView([]),
  'request-invite': inviteForRequestView(request()),
  'request-denied-typed': deniedView(refusedRequest),
  'list-waiting': waitingView([request(), request({ id: 'a4' })]),
  'search-asked-first': preflightView(large, preflight, waiting),
  'both-asked-first': preflightView(
    { verb: 'both', order: { ...order, since: null } },
    { ...preflight, bytes: 312.4e9, unindexed: { files: 0, bytes: 0 }, slower: { files: 0, bytes: 0 }, lasts: null },
    waiting,
  ),
  'search-not-now': notSearchedView(large),
  'search-answered-already': answeredAlreadyView(),
  'digest-quiet': digestView(digest({ captures: [], entries: [], head, disk, pinned })),
};

for (const [name, view] of Object.entries(golden)) {
  test(`${name} looks as it did`, () => {
    const { blocks, fallback } = view;
    looksAsItDid(name, blocks);
    if (fallback !== undefined) looksAsItDid(`${name}-in-rows`, fallback);
    assert.deepEqual(faultsOf(view), []);
  });
}

/** Paste a file into https://app.slack.com/block-kit-builder to see it. */
function looksAsItDid(name: string, blocks: View['blocks']): void {
  const file = new URL(`golden/${name}.json`, import.meta.url);
  const drawn = `${JSON.stringify({ blocks }, null, 2)}\n`;
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, drawn);
  assert.equal(drawn, readFileSync(file, 'utf8'), 'run with UPDATE_GOLDEN=1 if it should look different now');
}

test('the texts of notifications and screen readers read as they did', () => {
  const file = new URL('golden/texts.txt', import.meta.url);
  const texts = Object.entries(golden).map(([name, view]) => `${name}\n  ${view.text}\n`);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, texts.join(''));
  assert.equal(texts.join(''), readFileSync(file, 'utf8'));
});
