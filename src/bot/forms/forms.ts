import type { App, BlockAction, ButtonAction, GlobalShortcut, MessageShortcut, ViewSubmitAction } from '@slack/bolt';
import { CaptureError } from '../../capture/errors.ts';
import { type Draft, type DraftVerb, draftLine, isDraftVerb } from '../../command/draft.ts';
import { admit, allowCapture, authorise, type Order } from '../analysts.ts';
import { answer } from '../answer.ts';
import { carryOut } from '../carry-out.ts';
import type { Desk } from '../desk.ts';
import { originOf, threadOf } from '../origins.ts';
import { troubleInWords } from '../trouble.ts';
import { draftIn, fillInId } from '../views/fill-in.ts';
import { formId, formView, noticeModal } from '../views/form.ts';
import type { FormState } from '../views/form-state.ts';
import { formAction } from '../views/inputs.ts';
import { menuButtons } from '../views/menu.ts';
import { alertText } from './alert-text.ts';
import { formFor, formFromAlert } from './beginning.ts';
import { installationOf } from './installation.ts';
import { type Opening, openingOf } from './opening.ts';
import { chosenChannel, readForm } from './reading.ts';
import { redraw } from './redrawing.ts';
import { sendForm } from './sending.ts';

/** Forms: the menu's buttons and the shortcuts that open one, what is clicked in it, and what is sent. */
export function answerForms(app: App, desk: Desk): void {
  for (const button of Object.values(menuButtons)) onMenu(app, button, desk);
  onFillIn(app, desk);
  app.shortcut<MessageShortcut>(
    { callback_id: 'capture_from_message', type: 'message_action' },
    async ({ ack, shortcut, client }) => {
      await ack();
      const { message, channel, response_url } = shortcut;
      const order = { origin: originOf(shortcut), verb: 'start', words: '[Capture from message]' };
      await openAllowed(openingOf(client, shortcut.trigger_id), desk, async () => {
        await allowCapture(await authorise(order, desk), 'start', desk);
        return formFromAlert(alertText(message), { channel: channel.id, responseUrl: response_url });
      });
    },
  );
  app.shortcut<GlobalShortcut>(
    { callback_id: 'start_capture', type: 'shortcut' },
    async ({ ack, shortcut, client }) => {
      await ack();
      const order = { origin: originOf(shortcut), verb: 'start', words: '[Start a capture]' };
      await openFromNowhere({ ...order, verb: 'start' }, openingOf(client, shortcut.trigger_id), desk);
    },
  );
  app.action<BlockAction>(
    { type: 'block_actions', action_id: new RegExp(`^${formAction}`) },
    async ({ ack, action, body, client }) => {
      await ack();
      const { view } = body;
      if (view === undefined) return;
      const at = 'action_ts' in action ? Number(action.action_ts) : 0;
      await redraw({ action: action.action_id, at, view, form: readForm(view) }, client, desk);
    },
  );
  app.view<ViewSubmitAction>({ type: 'view_submission', callback_id: formId }, async ({ ack, body, view, client }) => {
    const form = readForm(view);
    const channel = form.place.channel ?? chosenChannel(view) ?? '';
    const origin = { ...originOf(body), channel };
    const responseUrl = form.place.responseUrl ?? body.response_urls?.[0]?.response_url ?? null;
    await sendForm({ origin, view, form, responseUrl }, ack, client, desk);
  });
}

/** Opens a form for an order that lacks something; false where Slack does not, so that the order's own answer says what is missing. */
export async function openDraft(
  draft: Draft,
  place: { channel: string; responseUrl: string | null },
  opening: Opening,
  desk: Desk,
): Promise<boolean> {
  const view = formView(formFor(draft, place), installationOf(desk));
  if (view === null) return false;
  return opening.show(view).then(
    () => true,
    (error: unknown) => {
      desk.log.warn({ err: error }, 'form not opened');
      return false;
    },
  );
}

/** Opens a form that was asked for nowhere in particular: it asks for a channel, and who may not is told in a modal. */
export async function openFromNowhere(
  order: Order & { readonly verb: DraftVerb },
  opening: Opening,
  desk: Desk,
): Promise<void> {
  const { verb } = order;
  await openAllowed(opening, desk, async () => {
    await allowCapture(await admit(order, desk), verb, desk);
    return formFor({ verb, options: {} }, { channel: null, responseUrl: null });
  }).catch((error: unknown) => opening.show(noticeModal('Capture packets', troubleInWords(error, desk.log))));
}

/** Opens the form that somebody may have; who may not is told in what was opened meanwhile, too. */
async function openAllowed(opening: Opening, desk: Desk, form: () => Promise<FormState>): Promise<void> {
  try {
    const view = formView(await form(), installationOf(desk));
    if (view === null) throw new CaptureError('bad_request', 'the form does not hold what was typed: type the command');
    await opening.show(view);
  } catch (error) {
    await opening.instead(noticeModal('Capture packets', troubleInWords(error, desk.log)));
    throw error;
  }
}

/** The button under the answer to an order that lacks something: an event opens no form, a click does. */
function onFillIn(app: App, desk: Desk): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: fillInId },
    async ({ ack, action, body, client }) => {
      await ack();
      const draft = draftIn(action.value ?? '');
      const order = { origin: originOf(body), verb: draft.verb, words: `[${action.text.text}] ${draftLine(draft)}` };
      await openAllowed(openingOf(client, body.trigger_id), desk, async () => {
        await allowCapture(await authorise(order, desk), draft.verb, desk);
        return formFor(draft, {
          channel: order.origin.channel,
          responseUrl: body.response_url,
          thread: threadOf(body),
        });
      });
    },
  );
}

function onMenu(app: App, button: string, desk: Desk): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: button },
    async ({ ack, action, body, client }) => {
      await ack();
      const verb = action.value ?? '';
      const order = { origin: originOf(body), verb, words: `[${action.text.text}]` };
      if (isDraftVerb(verb)) {
        await openAllowed(openingOf(client, body.trigger_id), desk, async () => {
          await allowCapture(await authorise(order, desk), verb, desk);
          return formFor({ verb, options: {} }, { channel: order.origin.channel, responseUrl: body.response_url });
        });
        return;
      }
      const { actor } = await authorise(order, desk);
      const command =
        verb === 'list'
          ? ({ verb, selection: { all: false }, details: false } as const)
          : ({ verb: 'help', topic: null } as const);
      await answer(body.response_url, await carryOut(command, actor, desk));
    },
  );
}
