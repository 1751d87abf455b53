import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { CaptureError } from '../capture/errors.ts';
import { type Authorised, authorise } from './analysts.ts';
import { answer, explained } from './answer.ts';
import { details } from './carry-out.ts';
import type { Desk } from './desk.ts';
import { originOf } from './origins.ts';
import { buttonIds } from './views/buttons.ts';
import { endedAlreadyView } from './views/notice.ts';
import type { View } from './views/view.ts';

/** What a click leads to: something for the clicker to see, or null where the capture's own message shows it. */
type Act = (capture: string, clicker: Authorised, desk: Desk) => Promise<View | null>;

/** Stop, Cancel and Details under a capture's message: whoever clicks is asked for anew, whoever ordered the capture. */
export function answerButtons(app: App, desk: Desk): void {
  onButton(app, buttonIds.stop, 'stop', stop, desk);
  onButton(app, buttonIds.cancel, 'stop', stop, desk);
  onButton(app, buttonIds.details, 'show', show, desk);
}

function onButton(app: App, button: string, verb: string, act: Act, desk: Desk): void {
  app.action<BlockAction<ButtonAction>>({ type: 'block_actions', action_id: button }, async ({ ack, action, body }) => {
    await ack();
    const capture = action.value ?? '';
    const words = `[${action.text.text}] ${capture}`;
    const clicker = await authorise({ origin: originOf(body), verb, words }, desk);
    const view = await act(capture, clicker, desk);
    if (view !== null) await answer(body.response_url, view);
  });
}

async function stop(id: string, { actor }: Authorised, desk: Desk): Promise<View | null> {
  try {
    await desk.engine.stop(id, actor);
    return null;
  } catch (error) {
    if (!(error instanceof CaptureError && error.code === 'conflict')) return explained(error);
    // The button should not have been there any more: whoever saw it sees an old message.
    desk.follow.redraw(id);
    const capture = desk.engine.peek(id);
    return capture?.endedAt == null ? explained(error) : endedAlreadyView(capture);
  }
}

async function show(id: string, { actor }: Authorised, desk: Desk): Promise<View> {
  return details(await desk.engine.show(id, actor), desk);
}
