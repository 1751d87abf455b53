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
import { type Answerable, requestsView, waitingView } from '../../../src/bot/views/requests.ts';
import { shareable, sharedAlreadyView, sharedView, withShare } from '../../../src/bot/views/share.ts';
import type { View } from '../../../src/bot/views/view.ts';
import { whoamiView } from '../../../src/bot/views/whoami.ts';
import type { ApprovalRequest } from '../../../src/capture/approval.ts';
import type { Capture, RingFileReport } from '../../../src/capture/capture.ts';
import { CaptureError } from '../../../src/capture/errors.ts';
import type { HeldSavefile } from '../../../src/capture/evidence.ts';
import type { Lacking } from '../../../src/capture/pin.ts';
import { digest, disk, entry, head, now, pin, pinned, preflight, request } from './samples.ts';

/** Every view there is, of one capture and of words that somebody typed. */
export function everyViewOf(capture: Capture, reports: readonly RingFileReport[], words: string): Record<string, View> {
  const entries = Array.from({ length: 40 }, () => entry({ outcome: 'refused', analyst: words, words, detail: words }));
  const noon = Date.UTC(2026, 10, 23, 12);
  const ofTheDay = Array.from(
    { length: 40 },
    (_, at): Capture => ({ ...capture, id: `c${at}`, analyst: `${words}${at}`, startedAt: noon, endedAt: noon }),
  );
  const order = { description: words, expression: words, case: words, analyst: words };
  return {
    capture: captureView(capture, now),
    progress: progressView(capture, reports, 'dmz-1'),
    ending: endingView(capture, 'dmz-1'),
    question: questionView(capture, capture.limits.deadline ?? 0, { person: 'U024BE7LH', longest: 1, second: false }),
    'question of nobody': questionView(capture, capture.limits.deadline ?? 0, {
      person: null,
      longest: 1e12,
      second: false,
    }),
    'question of a second person': questionView({ ...capture, approvedBy: words }, capture.limits.deadline ?? 0, {
      person: null,
      longest: 1,
      second: true,
    }),
    'question answered': questionView(capture, 1, { person: null, longest: 1e12, second: false }),
    extended: extendedView(capture),
    'extended already': extendedAlreadyView(capture, 'stopped'),
    failure: failureView(capture),
    loss: lossView(capture, 'message_not_found'),
    'loss of another kind': lossView(capture, words),
    'loss of a request': requestLossView(requestOf(words), 'C024BE91L', words),
    details: withShare(shareable(detailsView(capture, reports), { verb: 'show', id: capture.id })),
    'shared already': sharedAlreadyView(),
    'details of a deleted one': detailsView(capture, reports, { at: capture.startedAt, why: words }),
    shared: sharedView(detailsView(capture, reports), words),
    list: withShare(
      shareable(
        listView(
          Array.from({ length: 500 }, () => capture),
          now,
          { all: true },
        ),
        { verb: 'list', selection: { selector: words, all: true } },
      ),
    ),
    empty: listView([], now, { all: false }),
    error: echoed(errorView(new CaptureError('bad_expression', words)), {
      verb: 'start',
      order: { ...order, interface: words, snaplen: 65 },
    }),
    refused: echoed(errorView(new CaptureError('not_allowed', words)), {
      verb: 'search',
      order: { ...order, window: { since: null, until: 1 }, rings: [words] },
    }),
    'asked first': echoed(
      preflightView(
        { verb: 'search', order: { ...order, window: { since: null, until: null } } },
        { ...preflight, rings: [words], lasts: { milliseconds: 1e15, by: Array.from({ length: 9 }, () => words) } },
        'f'.repeat(36),
      ),
      { verb: 'search', order: { ...order, window: { since: null, until: 1 }, rings: [words] } },
    ),
    'something missing': fillInView(errorView(new CaptureError('bad_request', words)), {
      verb: 'both',
      options: { description: words, case: words },
    }),
    'at hand': withButtons(
      withShare(shareable(detailsView(capture, reports), { verb: 'show', id: capture.id })),
      capture,
    ),
    'not searched': notSearchedView({ verb: 'both', order: { ...order, since: null } }),
    'answered already': answeredAlreadyView(),
    'sent already': sentAlreadyView(),
    menu: menuView({ name: words, role: 'lead' }),
    bug: bugView(words),
    help: helpView(words),
    whoami: whoamiView(
      { name: words, role: 'lead' },
      { door: 'slack', team: words, user: words, channel: words, group: words },
    ),
    started: startedView({ capture, warnings: Array.from({ length: 30 }, () => words) }),
    warnings: warningsView(capture, [words]),
    stopped: stoppedView(Array.from({ length: 500 }, () => capture)),
    'ended already': endedAlreadyView(capture),
    invite: inviteView(capture),
    interrupted: interruptedView(words, {
      outcome: 'failed',
      detail: words,
      captures: Array.from({ length: 40 }, () => capture),
      unsearched: capture,
    }),
    get: getView(words, {
      savefiles: Array.from({ length: 30 }, () => ({
        held: heldOf(capture, words),
        host: words,
        login: words,
        sidecar: words,
        warnings: [words, words],
      })),
      vanished: Array.from({ length: 30 }, () => heldOf(capture, words)),
    }),
    audit: auditView(
      Array.from({ length: 40 }, () =>
        entry({
          ...{
            outcome: 'refused',
            verb: words,
            analyst: words,
            actingFor: words,
            words,
            detail: words,
            capture: words,
          },
          origin: { door: 'shell', login: words, tty: words, remoteHost: words },
        }),
      ),
      1e9,
    ),
    chain: chainView(
      {
        step: 'ended',
        entries: 1e9,
        head: { ...head, hash: words },
        broken: { seq: 1, fault: 'foreign', detail: words },
        unguarded: [words, words],
      },
      null,
    ),
    doctor: doctorView(
      Array.from({ length: 40 }, () => ({
        ...{ check: words, verdict: 'broken', found: words },
        mend: { say: words, command: words },
      })),
    ),
    verify: verifyView(
      { findings: { holds: 1e9, unreadable: 500 }, sidecars: 500, sound: false },
      Array.from({ length: 500 }, () => ({
        held: heldOf(capture, words),
        finding: { finding: 'unreadable', why: words },
        sidecar: { sidecar: 'unreadable', why: words },
      })),
    ),
    pinned: pinnedView({ ...pin, analyst: words, description: words, case: words, lacking: lacking(words) }),
    pins: pinsView(
      {
        pins: Array.from({ length: 200 }, () => ({
          ...pin,
          analyst: words,
          description: words,
          lacking: lacking(words),
        })),
        used: 1e15,
        limit: 1,
      },
      now,
    ),
    request: requestView(requestOf(words)),
    'request over': requestView({ ...requestOf(words), state: 'failed' }),
    'request ended': requestEndedView({ ...requestOf(words), state: 'failed' }, null),
    'request with warnings': requestEndedView({ ...requestOf(words), state: 'started', capture: 'c1' }, 'U024BE7LH'),
    requested: requestedView(requestOf(words)),
    requests: requestsView(Array.from({ length: 300 }, () => answerable(requestOf(words)))),
    'requests over': requestsView(
      Array.from({ length: 300 }, () => answerable({ ...requestOf(words), state: 'denied' })),
    ),
    'invited for a request': inviteForRequestView(requestOf(words)),
    'waiting for approval': waitingView(Array.from({ length: 300 }, () => requestOf(words))),
    denied: deniedView({ ...requestOf(words), state: 'denied' }),
    unpinned: unpinnedView({ ...pin, description: words }),
    digest: digestView(digest({ captures: ofTheDay, entries, head: { ...head, hash: words }, disk, pinned })),
  };
}

function answerable(request: ApprovalRequest): Answerable {
  return { request, answers: { approve: true, deny: true } };
}

function warned(words: string): Pick<ApprovalRequest, 'warnings'> {
  return { warnings: Array.from({ length: 300 }, () => words) };
}

/** A request with what somebody typed wherever there are words; whoever asked has an id from Slack. */
function requestOf(words: string): ApprovalRequest {
  const known = request();
  const order = { ...known.asked.order, description: words, expression: words, case: words, interface: words };
  const people = { analyst: words, orderedBy: `${words}2`, answeredBy: words };
  return request({
    ...people,
    asked: { verb: 'both', order: { ...order, since: null } },
    needed: words,
    why: words,
    ...warned(words),
  });
}

function lacking(words: string): Lacking[] {
  return Array.from({ length: 300 }, () => ({ file: words, pinned: 'nothing', from: null, to: null, why: words }));
}

/** The savefile of a capture, with what somebody typed wherever there are words. */
function heldOf({ id, endedAt, bytes }: Capture, words: string): HeldSavefile {
  return { capture: id, analyst: words, savefile: words, path: words, endedAt: endedAt ?? now, bytes, sha256: words };
}
