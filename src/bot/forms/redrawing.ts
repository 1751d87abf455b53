import { WebAPIPlatformError, type WebClient } from '@slack/web-api';
import type { Desk } from '../desk.ts';
import { formButtons, formView } from '../views/form.ts';
import { type FormState, meantBy } from '../views/form-state.ts';
import { installationOf } from './installation.ts';

/** A click in a form: what, when (Slack's time stamp), and the form as it was then. */
export interface Click {
  readonly action: string;
  readonly at: number;
  readonly view: { readonly id: string; readonly hash: string };
  readonly form: FormState;
}

/** The last picture of a view that is ours. */
interface Drawn {
  readonly hash: string;
  /** Of the pictures that it took the place of. */
  readonly older: readonly string[];
  readonly at: number;
  readonly form: FormState;
}

const drawn = new Map<string, Promise<Drawn | null>>();
/** More forms than people have open at once. */
const mostDrawn = 500;

/**
 * Draws a form anew after a click in it. Clicks that follow each other faster than Slack shows what came of them speak of an older
 * picture: they are taken one after the other, the later wins, and what an earlier one brought to light stays.
 */
export async function redraw(click: Click, client: WebClient, desk: Desk): Promise<void> {
  const { id } = click.view;
  const before = drawn.get(id) ?? Promise.resolve(null);
  const now = before.catch(() => null).then((last) => drawOver(overtaken(last, click), click, client, desk));
  drawn.delete(id);
  drawn.set(id, now);
  const [oldest] = drawn.keys();
  if (drawn.size > mostDrawn && oldest !== undefined) drawn.delete(oldest);
  await now;
}

async function drawOver(last: Drawn | null, click: Click, client: WebClient, desk: Desk): Promise<Drawn | null> {
  const form = afterAll(last, click);
  const view = form && formView(form, installationOf(desk));
  if (form === null || view === null) return last;
  const hash = last?.hash ?? click.view.hash;
  try {
    const { view: shown } = await client.views.update({ view_id: click.view.id, hash, view });
    return shown?.hash === undefined
      ? null
      : { hash: shown.hash, older: [...(last?.older ?? []), hash], at: click.at, form };
  } catch (error) {
    const word = error instanceof WebAPIPlatformError ? error.data.error : '';
    if (word !== 'hash_conflict' && word !== 'not_found') throw error;
    return null;
  }
}

/** Our last picture, where the click speaks of one before it; null where it speaks of this one, or of one that is not ours (what came of a sending). */
function overtaken(last: Drawn | null, { view }: Click): Drawn | null {
  return last?.older.includes(view.hash) ? last : null;
}

/** The form after a click, and after the one before that the clicker had not seen; null where that has overtaken it. */
function afterAll(last: Drawn | null, { action, at, form }: Click): FormState | null {
  if (last !== null && at < last.at) return null;
  const next = clicked(form, action);
  if (last === null) return next;
  if (last.form.way.way === 'written' && form.way.way !== 'written')
    return action === formButtons.more ? { ...last.form, more: true } : null;
  return { ...next, more: next.more || last.form.more };
}

function clicked(form: FormState, action: string): FormState {
  if (action === formButtons.more) return { ...form, more: true };
  if (action !== formButtons.write) return form;
  const meant = meantBy(form);
  const options = { ...form.draft.options, expression: 'expression' in meant ? meant.expression : '' };
  return { ...form, way: { way: 'written' }, draft: { ...form.draft, options } };
}
