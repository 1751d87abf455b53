import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { CaptureError } from '../capture/errors.ts';
import type { AskedSearch } from '../capture/orders.ts';
import { type Authorised, authorise } from './analysts.ts';
import { answer, explained } from './answer.ts';
import { approveOne } from './approving.ts';
import { carryOut } from './carry-out.ts';
import { extend, get, share, show, stop, stopAsked } from './clicks.ts';
import type { Desk } from './desk.ts';
import { originOf, threadOf } from './origins.ts';
import { buttonIds } from './views/buttons.ts';
import { startedView } from './views/notice.ts';
import { answeredAlreadyView, answerIds, notSearchedView } from './views/preflight.ts';
import { approvalIds, buttonValue } from './views/request.ts';
import { shareId } from './views/share.ts';
import type { View } from './views/view.ts';

/** What a click leads to, by the button's value: something for the clicker to see, or null where the capture's own message shows it. */
type Act = (value: string, clicker: Authorised, desk: Desk) => Promise<View | null>;

/** The buttons of the bot's messages: whoever clicks is asked for anew, whoever ordered the capture. */
export function answerButtons(app: App, desk: Desk): void {
  onButton(app, buttonIds.stop, { verb: 'stop', act: stop }, desk);
  onButton(app, buttonIds.cancel, { verb: 'stop', act: stop }, desk);
  onButton(app, buttonIds.details, { verb: 'show', act: show }, desk);
  onButton(app, buttonIds.extend, { verb: 'extend', act: extend }, desk);
  onButton(app, buttonIds.stopAsked, { verb: 'stop', act: stopAsked }, desk);
  onButton(app, buttonIds.get, { verb: 'get', act: get }, desk);
  onButton(app, shareId, { verb: 'show', act: share, place: 'everybody' }, desk);
  onButton(app, approvalIds.approve, { verb: 'approve', act: approve }, desk);
  onButton(app, approvalIds.deny, { verb: 'deny', act: deny }, desk);
  onButton(app, answerIds.search, { verb: 'search', act: searchAllTheSame, place: 'instead' }, desk);
  onButton(app, answerIds.notNow, { verb: 'search', act: notNow, place: 'instead' }, desk);
}

interface Click {
  /** What it is in the audit log where it is refused. */
  readonly verb: string;
  readonly act: Act;
  readonly place?: Parameters<typeof answer>[2];
}

function onButton(app: App, button: string, { verb, act, place }: Click, desk: Desk): void {
  app.action<BlockAction<ButtonAction>>({ type: 'block_actions', action_id: button }, async ({ ack, action, body }) => {
    await ack();
    const value = action.value ?? '';
    const words = `[${action.text.text}] ${value}`;
    const clicker = await authorise({ origin: originOf(body), verb, words }, desk);
    const view = await act(value, clicker, desk);
    if (view !== null) await answer(body.response_url, view, place, threadOf(body));
  });
}

async function approve(value: string, { actor }: Authorised, desk: Desk): Promise<View | null> {
  return answered(value, desk, async (id) => startedView(await approveOne(id, actor, desk)));
}

async function deny(value: string, { actor }: Authorised, desk: Desk): Promise<View | null> {
  return answered(value, desk, async (id) => {
    await desk.engine.deny(id, actor);
    return null;
  });
}

/** What an answer to a request led to; one that does not wait any more is drawn anew, since its buttons should not be there. */
async function answered(value: string, desk: Desk, act: (id: string) => Promise<View | null>): Promise<View | null> {
  const [id = ''] = value.split(' ');
  const request = desk.engine.peekRequest(id);
  try {
    if (request === undefined || buttonValue(request) !== value)
      throw new CaptureError('conflict', 'this request is not known any more: nothing was done');
    return await act(id);
  } catch (error) {
    desk.requests.redraw(id);
    return explained(error);
  }
}

async function searchAllTheSame(id: string, { actor, origin }: Authorised, desk: Desk): Promise<View> {
  const waiting = await desk.unconfirmed.take(id, origin);
  if (waiting === undefined) return answeredAlreadyView();
  const confirmed = { ...actor, words: `[Search] ${waiting.words}` };
  return carryOut(confirm(waiting.asked), confirmed, desk).catch(explained);
}

function confirm(asked: AskedSearch): AskedSearch {
  switch (asked.verb) {
    case 'search':
      return { ...asked, order: { ...asked.order, confirmed: true } };
    case 'both':
      return { ...asked, order: { ...asked.order, confirmed: true } };
    default:
      return asked satisfies never;
  }
}

async function notNow(id: string, { origin }: Authorised, desk: Desk): Promise<View> {
  const waiting = await desk.unconfirmed.take(id, origin);
  return waiting === undefined ? answeredAlreadyView() : notSearchedView(waiting.asked);
}
