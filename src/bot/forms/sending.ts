import { setTimeout as pause } from 'node:timers/promises';
import type { AckFn, ViewOutput, ViewResponseAction } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import type { Millis } from '../../capture/capture.ts';
import { CaptureError } from '../../capture/errors.ts';
import { draftWords } from '../../command/draft.ts';
import { parseCommand } from '../../command/parse.ts';
import { authorise, type SlackOrigin } from '../analysts.ts';
import { answer } from '../answer.ts';
import { carryOut } from '../carry-out.ts';
import type { Desk } from '../desk.ts';
import { troubleInWords } from '../trouble.ts';
import { sentForm } from '../unanswered.ts';
import { echoed } from '../views/echo.ts';
import { errorView } from '../views/error.ts';
import { formView, noticeModal, waitingModal } from '../views/form.ts';
import { type FormState, meantBy } from '../views/form-state.ts';
import { sentAlreadyView } from '../views/notice.ts';
import type { View } from '../views/view.ts';
import { expressionBlock, type Faults, faultOf, faultsOf } from './faults.ts';
import { installationOf } from './installation.ts';
import { orderedBy } from './reading.ts';

/** A form as Slack delivered it: whose, which, and as it was filled in. */
export interface Sent {
  readonly origin: SlackOrigin;
  readonly view: ViewOutput;
  readonly form: FormState;
  readonly responseUrl: string | null;
}

/** What came of a form. */
type Outcome =
  | { readonly outcome: 'done'; readonly view: View }
  | { readonly outcome: 'wrong'; readonly faults: Faults }
  | { readonly outcome: 'troubled'; readonly view: View };

/** Slack waits 3 s for what becomes of a form. */
const ackWithin: Millis = 2_000;

/** Forms that are being carried out, by the view's id: a second sending of one hears of the first. */
const underway = new Map<string, Promise<Outcome>>();

/**
 * Does what the command would do that a form writes, once however often it is sent: what is wrong with it is said in it, and what was typed
 * stays. Where the sensor needs longer than Slack waits, the form makes room for a word about that, and comes back if it must.
 */
export async function sendForm(
  sent: Sent,
  ack: AckFn<ViewResponseAction>,
  client: WebClient,
  desk: Desk,
): Promise<void> {
  const { view, form } = sent;
  const first = underway.get(view.id);
  const outcome = first ?? carryOutOnce(sent, desk);
  if (first === undefined) {
    underway.set(view.id, outcome);
    void outcome.finally(() => underway.delete(view.id));
  }
  const inTime = await Promise.race([outcome, pause(ackWithin, null)]);
  if (inTime !== null) return void (await acknowledge(inTime, sent, ack, desk));
  await ack({ response_action: 'update', view: waitingModal('The sensor is at it') });
  const late = await outcome;
  if (late.outcome === 'done')
    return void (await client.views.update({ view_id: view.id, view: noticeModal('Capture packets', late.view) }));
  const trouble = late.outcome === 'troubled' ? late.view : faultsView(late.faults);
  const again = formView(form, installationOf(desk), trouble) ?? noticeModal('Capture packets', trouble);
  await client.views.update({ view_id: view.id, view: again });
}

async function acknowledge(
  outcome: Outcome,
  { form }: Sent,
  ack: AckFn<ViewResponseAction>,
  desk: Desk,
): Promise<void> {
  switch (outcome.outcome) {
    case 'done':
      return ack();
    case 'wrong':
      return ack({ response_action: 'errors', errors: outcome.faults });
    case 'troubled': {
      const view = formView(form, installationOf(desk), outcome.view) ?? noticeModal('Capture packets', outcome.view);
      return ack({ response_action: 'update', view });
    }
    default:
      return outcome satisfies never;
  }
}

async function carryOutOnce(sent: Sent, desk: Desk): Promise<Outcome> {
  try {
    return await carryOutForm(sent, desk);
  } catch (error) {
    const faults = error instanceof CaptureError ? faultOf(error, sent.form, shownIn(sent.view)) : null;
    return faults === null
      ? { outcome: 'troubled', view: troubleInWords(error, desk.log) }
      : { outcome: 'wrong', faults };
  }
}

/** @throws CaptureError as the engine does, and for who may not */
async function carryOutForm({ origin, view, form, responseUrl }: Sent, desk: Desk): Promise<Outcome> {
  const meant = meantBy(form);
  const { draft, words } = orderedBy(form);
  const { actor, timezone } = await authorise({ origin, verb: draft.verb, words }, desk);
  const setting = { door: 'slack', now: desk.now(), timezone: timezone ?? desk.config.reports.timezone } as const;
  const { expression: noExpression, ...others } = faultsOf(draft, setting);
  const faults = {
    ...others,
    ...('wrong' in meant ? meant.wrong : noExpression === undefined ? {} : { [expressionBlock(form)]: noExpression }),
  };
  if (Object.keys(faults).length > 0) return wrong(faults, shownIn(view));
  const command = parseCommand(draftWords(draft), setting);
  const once = sentForm(view.id);
  if (!(await desk.deliveries.first([once]))) return { outcome: 'troubled', view: sentAlreadyView() };
  const shown = await carryOut(command, actor, desk).catch(async (error: unknown) => {
    if (error instanceof CaptureError) await desk.deliveries.forget(once);
    throw error;
  });
  const told = echoed(shown, command);
  if (responseUrl !== null)
    await answer(responseUrl, told, 'below', form.place.thread)
      // At once: a bot that is killed before the form is acknowledged has told them all the same.
      .then(() => desk.unanswered.forget(once))
      .catch((error: unknown) => desk.log.warn({ err: error }, 'answer not shown'));
  return { outcome: 'done', view: told };
}

/** Slack takes errors for inputs that are there alone: what is wrong with anything else is said above the form. */
function wrong(faults: Faults, shown: readonly string[]): Outcome {
  const hidden = Object.keys(faults).some((block) => !shown.includes(block));
  return hidden ? { outcome: 'troubled', view: faultsView(faults) } : { outcome: 'wrong', faults };
}

function faultsView(faults: Faults): View {
  return errorView(new CaptureError('bad_request', Object.values(faults).join('\n')));
}

function shownIn({ blocks }: ViewOutput): string[] {
  return blocks.flatMap(({ type, block_id }) => (type === 'input' && block_id !== undefined ? [block_id] : []));
}
