import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import type { AskedSearch } from '../capture/orders.ts';
import { type Authorised, authorise } from './analysts.ts';
import { answer, explained } from './answer.ts';
import { approve, deny, denyThere, inList } from './approving.ts';
import { carryOut } from './carry-out.ts';
import { extend, get, share, show, stop, stopAsked } from './clicks.ts';
import type { Desk } from './desk.ts';
import { originOf, threadOf } from './origins.ts';
import { buttonIds } from './views/buttons.ts';
import { answeredAlreadyView, answerIds, notSearchedView } from './views/preflight.ts';
import { approvalIds } from './views/request.ts';
import { listedIds } from './views/requests.ts';
import { sharedAlreadyView, shareId } from './views/share.ts';
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
  onShare(app, desk);
  onButton(app, approvalIds.approve, { verb: 'approve', act: approve }, desk);
  onButton(app, approvalIds.deny, { verb: 'deny', act: denyThere }, desk);
  onButton(app, listedIds.approve, { verb: 'approve', act: inList(approve), place: 'instead' }, desk);
  onButton(app, listedIds.deny, { verb: 'deny', act: inList(deny), place: 'instead' }, desk);
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

/** Share shows what its message tells to everybody, and to nobody twice: Slack leaves the button where it was. */
function onShare(app: App, desk: Desk): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: shareId },
    async ({ ack, action, body }) => {
      await ack();
      const value = action.value ?? '';
      const origin = originOf(body);
      const sharer = await authorise({ origin, verb: 'show', words: `[${action.text.text}] ${value}` }, desk);
      const once = `share ${origin.channel} ${body.container.message_ts}`;
      if (!(await desk.deliveries.first([once]))) {
        await answer(body.response_url, sharedAlreadyView(), 'below', threadOf(body));
        return;
      }
      try {
        await answer(body.response_url, await share(value, sharer, desk), 'everybody', threadOf(body));
      } catch (error) {
        await desk.deliveries.forget(once);
        throw error;
      }
    },
  );
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
