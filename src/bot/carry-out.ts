import type { Actor } from '../capture/analyst.ts';
import type { Capture, Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import { isSound, type Verified, type VerifyOrder, type VerifyTally } from '../capture/evidence.ts';
import type { Selection, Started } from '../capture/orders.ts';
import type { Command } from '../command/command.ts';
import { helpText } from '../command/help.ts';
import { joined } from './answer.ts';
import { approveOne, askSecond, requestsFor } from './approving.ts';
import { questionBefore } from './asking.ts';
import { auditLog, auditVerified } from './auditing.ts';
import type { Desk } from './desk.ts';
import { digestOn } from './digests.ts';
import { examined } from './examining.ts';
import { beginBoth, beginSearch } from './searching.ts';
import { detailsView } from './views/details.ts';
import { getView, verifyView } from './views/evidence.ts';
import { helpView } from './views/help.ts';
import { listView } from './views/list.ts';
import { inviteView, startedView, stoppedView } from './views/notice.ts';
import { pinnedView, pinsView, unpinnedView } from './views/pins.ts';
import { deniedView, requestView } from './views/request.ts';
import { waitingView } from './views/requests.ts';
import { shareable } from './views/share.ts';
import type { View } from './views/view.ts';
import { whoamiView } from './views/whoami.ts';

/** A person waits for the answer; longer than this they hear that the message comes later. */
const messageWait: Millis = 8_000;
/** More than this many in full are not read on a phone, nor taken by Slack (50 blocks). */
const mostInFull = 4;

/**
 * Does what was ordered and says so to the one person who ordered it; the capture's own message in the channel is not this one.
 * @throws CaptureError as the engine does
 */
export async function carryOut(command: Command, actor: Actor, desk: Desk): Promise<View> {
  try {
    const view = await carriedOut(command, actor, desk);
    // Everything else is counted where the engine takes the order, whichever button or form gave it.
    if (noOrders.has(command.verb)) desk.meters.command(command.verb, 'done');
    return view;
  } catch (error) {
    desk.meters.failed(command.verb, error);
    throw error;
  }
}

/** What the engine has no order for. */
const noOrders: ReadonlySet<Command['verb']> = new Set(['help', 'whoami', 'digest']);

async function carriedOut(command: Command, actor: Actor, desk: Desk): Promise<View> {
  const { engine, now } = desk;
  switch (command.verb) {
    case 'start': {
      const waits = await askSecond(command, actor, desk);
      if (waits !== null) return waits;
      const started = await engine.start(command.order, actor);
      return withItsMessage(started, desk);
    }
    case 'search': {
      const question = await questionBefore(command, actor, desk);
      if (question !== null) return question;
      const started = await beginSearch(command.order, actor, desk);
      return withItsMessage(started, desk);
    }
    case 'both': {
      const question = (await questionBefore(command, actor, desk)) ?? (await askSecond(command, actor, desk));
      if (question !== null) return question;
      const started = await beginBoth(command.order, actor, desk);
      return withItsMessage(started, desk);
    }
    case 'list': {
      const captures = await engine.list(command.selection, actor);
      const short = listed(captures, command.selection, desk);
      const waiting = engine.waiting();
      const shown = command.details ? inFull(captures, short, desk) : short;
      if (waiting.length === 0) return shown;
      const { share } = shown;
      return { ...joined(shown, waitingView(waiting)), ...(share && { share }) };
    }
    case 'show':
      if (engine.peekRequest(command.selector) !== undefined)
        return requestView(await engine.showRequest(command.selector, actor));
      return details(await engine.show(command.selector, actor), desk);
    case 'stop': {
      const stopped = await engine.stop(command.selector, actor);
      return command.details ? inFull(stopped, stoppedView(stopped), desk) : stoppedView(stopped);
    }
    case 'extend': {
      const extended = await engine.extend(command.selector, command.by, actor);
      // Its button carries the deadline.
      desk.follow.redraw(extended.id);
      return details(extended, desk);
    }
    case 'keep':
      return details(await engine.keep(command.selector, actor), desk);
    case 'approve':
      if (command.id === null) return requestsFor(actor, desk);
      return startedView(await approveOne(command.id, actor, desk));
    case 'deny':
      if (command.id === null) return requestsFor(actor, desk);
      return deniedView(await engine.deny(command.id, command.reason, actor));
    case 'digest':
      return digestOn(command.date, desk);
    case 'get': {
      const fetched = await engine.get(command.selector, actor);
      return getView(fetched.savefiles[0]?.held.capture ?? command.selector, fetched);
    }
    case 'verify':
      return verify(command.order, actor, desk);
    case 'pin':
      return command.order === null
        ? pinsView(await engine.pins(actor), now())
        : pinnedView(await engine.pin(command.order, actor, desk.closing));
    case 'unpin':
      return unpinnedView(await engine.unpin(command.id, actor));
    case 'whoami':
      return whoamiView(actor.analyst, actor.origin);
    case 'help':
      return helpView(helpText(command.topic, 'slack'));
    case 'audit':
      return 'query' in command ? auditLog(command.query, actor, desk) : auditVerified(command.witnessed, actor, desk);
    case 'doctor':
      return examined(actor, desk);
    case 'index':
      throw new CaptureError('bad_request', 'index is not for Slack: type capture index in a shell on the sensor');
    default:
      return command satisfies never;
  }
}

/** One capture in full, for one person. */
export function details(capture: Capture, { engine }: Pick<Desk, 'engine'>): View {
  const view = detailsView(capture, engine.coverage(capture.id), engine.deletion(capture.id));
  return shareable(view, { verb: 'show', id: capture.id });
}

/** Captures as a list, for one person; that there are none is nothing to share. */
export function listed(
  captures: readonly Capture[],
  selection: Selection,
  { now, engine }: Pick<Desk, 'now' | 'engine'>,
): View {
  const view = listView(captures, now(), selection, (id) => engine.deletion(id) !== undefined);
  return captures.length === 0 ? view : shareable(view, { verb: 'list', selection });
}

function inFull(captures: readonly Capture[], short: View, desk: Desk): View {
  const [first, ...more] = captures;
  if (first === undefined || captures.length > mostInFull) return short;
  const whole = joined(details(first, desk), ...more.map((capture) => details(capture, desk)));
  return short.share === undefined ? whole : { ...whole, share: short.share };
}

async function verify(order: VerifyOrder, actor: Actor, { engine, closing }: Desk): Promise<View> {
  const wrong: Verified[] = [];
  let tally: VerifyTally = { findings: {}, sidecars: 0, sound: true };
  for await (const step of engine.verify(order, actor, closing)) {
    if (step.step === 'verified' && !isSound(step.verified)) wrong.push(step.verified);
    if (step.step === 'ended') tally = step.tally;
  }
  return verifyView(tally, wrong);
}

/** With what to do where the capture's message cannot be seen. */
async function withItsMessage(started: Started, { engine, follow }: Desk): Promise<View> {
  const { id } = started.capture;
  const view = startedView(started);
  await follow.warn(id, started.warnings);
  const trouble = await follow.posted(id, messageWait);
  const capture = engine.peek(id);
  return trouble === null || trouble === 'late' || capture === undefined ? view : joined(view, inviteView(capture));
}
