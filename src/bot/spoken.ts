import { isRequestId } from '../capture/approval.ts';
import { CaptureError } from '../capture/errors.ts';
import type { Command, Setting } from '../command/command.ts';
import { unfinished } from '../command/draft.ts';
import { parseCommand } from '../command/parse.ts';
import { forgivePhone } from '../command/phone.ts';
import { wordsSaid } from '../command/reason.ts';
import { splitWords } from '../command/words.ts';
import { type Authorised, allowCapture, authorise, type Order, type SlackOrigin } from './analysts.ts';
import { explained } from './answer.ts';
import { carryOut } from './carry-out.ts';
import type { Desk } from './desk.ts';
import { openDraft } from './forms/forms.ts';
import type { Opening } from './forms/opening.ts';
import { troubleInWords } from './trouble.ts';
import { withButtons } from './views/buttons.ts';
import { echoed } from './views/echo.ts';
import { fillInView } from './views/fill-in.ts';
import { noticeModal } from './views/form.ts';
import { menuView } from './views/menu.ts';
import type { View } from './views/view.ts';

/** What somebody said to the bot: after a slash command, with its name, or to it alone. */
export interface Spoken {
  readonly origin: SlackOrigin;
  /** As Slack delivered it, without what the bot was called by; null where it is called in passing, which is no order. */
  readonly text: string | null;
  /** As it was typed, for the audit log. */
  readonly words: string;
  /** What an order begins with where this was said: `/capture `, `@capture `, or nothing. */
  readonly name: string;
  /** The capture, or the request for approval, in whose own thread it was said; null elsewhere. */
  readonly about: string | null;
  /** Where a form can be opened, and answered: a slash command alone can. */
  readonly form: { open(): Opening; readonly responseUrl: string } | null;
}

/** Does what was said, and says what came of it; null where a form says it all. One way for all that is said to the bot. */
export async function answerTo(spoken: Spoken, desk: Desk): Promise<View | null> {
  const text = forgivePhone(spoken.text ?? '');
  const opening = opensForm(text, desk) ? (spoken.form?.open() ?? null) : null;
  try {
    return await carriedOut(spoken, text, opening, desk);
  } catch (error) {
    desk.meters.failed(orderOf(spoken, text).verb, error);
    const trouble = troubleInWords(asSaidHere(error, spoken.name), desk.log);
    await opening?.instead(noticeModal('Capture packets', trouble));
    return trouble;
  }
}

async function carriedOut(spoken: Spoken, text: string, opening: Opening | null, desk: Desk): Promise<View | null> {
  const authorised = await authorise(orderOf(spoken, text), desk);
  if (spoken.text === null)
    throw new CaptureError('bad_request', `what I am to do begins with my name: write ${spoken.name}help`);
  if (text.trim() === '')
    return spoken.about === null ? menuView(authorised.actor.analyst) : atHand(spoken.about, authorised, desk);
  const setting = settingFor(authorised.timezone, desk, spoken.about);
  const words = wordsSaid(text);
  const draft = unfinished(words, setting);
  if (draft !== null) {
    await allowCapture(authorised, draft.verb, desk);
    const place = { channel: spoken.origin.channel, responseUrl: spoken.form?.responseUrl ?? null };
    if (opening !== null && (await openDraft(draft, place, opening, desk))) return null;
  }
  const command = understood(words, setting);
  if (command instanceof CaptureError) {
    desk.meters.failed(orderOf(spoken, text).verb, command);
    const wrong = explained(asSaidHere(command, spoken.name));
    return draft === null ? wrong : fillInView(wrong, draft);
  }
  const view = await carryOut(command, authorised.actor, desk).catch(explained);
  return echoed(view, command, spoken.name);
}

/** The capture that a thread is about, with what can be done to it; the request, which has its buttons while it waits. */
async function atHand(id: string, { actor }: Authorised, desk: Desk): Promise<View> {
  const view = await carryOut({ verb: 'show', selector: id }, actor, desk);
  const capture = desk.engine.peek(id);
  return capture === undefined ? view : withButtons(view, capture);
}

function understood(words: readonly string[], setting: Setting): Command | CaptureError {
  try {
    return parseCommand(words, setting);
  } catch (error) {
    if (error instanceof CaptureError) return error;
    throw error;
  }
}

/** The parser tells what to type as a slash command, which no thread takes. */
function asSaidHere(error: unknown, name: string): unknown {
  if (!(error instanceof CaptureError)) return error;
  return new CaptureError(error.code, error.message.replaceAll('/capture ', name), { cause: error });
}

/** Whether words lead to a form, as far as they tell by themselves: a trigger does not wait until it is known whose they are. */
function opensForm(text: string, desk: Desk): boolean {
  try {
    return unfinished(splitWords(text), settingFor(null, desk, null)) !== null;
  } catch {
    return false;
  }
}

function settingFor(timezone: string | null, { now, config }: Desk, about: string | null): Setting {
  const here = { door: 'slack', now: now(), timezone: timezone ?? config.reports.timezone } as const;
  if (about === null) return here;
  return isRequestId(about) ? { ...here, request: about } : { ...here, about };
}

function orderOf({ origin, words, about }: Spoken, text: string): Order {
  const verb = /\S{1,40}/.exec(text)?.[0].toLowerCase() ?? (about === null ? 'help' : 'show');
  return { origin, verb, words };
}
