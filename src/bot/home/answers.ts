import type { App, BlockAction, ButtonAction } from '@slack/bolt';
import { isDraftVerb } from '../../command/draft.ts';
import { type Authorised, admit } from '../analysts.ts';
import { approve, deny } from '../approving.ts';
import { show, stop } from '../clicks.ts';
import type { Desk } from '../desk.ts';
import { openFromNowhere } from '../forms/forms.ts';
import { openingOf } from '../forms/opening.ts';
import { originOf } from '../origins.ts';
import { troubleInWords } from '../trouble.ts';
import { noticeModal } from '../views/form.ts';
import { homeButtons } from '../views/home.ts';
import { stoppedView } from '../views/notice.ts';
import type { View } from '../views/view.ts';

/** Home: who opens theirs has it drawn, and what is clicked in it is told in a modal, since nothing else of Slack's is there to tell it in. */
export function answerHome(app: App, desk: Desk): void {
  app.event('app_home_opened', async ({ event, body }) => {
    // The other tab is the conversation with the bot.
    if (event.tab === 'home') await desk.homes.opened({ user: event.user, team: body.team_id });
  });
  onButton(app, homeButtons.stop, { verb: 'stop', act: stopped }, desk);
  onButton(app, homeButtons.cancel, { verb: 'stop', act: stopped }, desk);
  onButton(app, homeButtons.details, { verb: 'show', act: show }, desk);
  onButton(app, homeButtons.approve, { verb: 'approve', act: approve }, desk);
  onButton(app, homeButtons.deny, { verb: 'deny', act: deny }, desk);
  for (const button of [homeButtons.start, homeButtons.search]) onBeginning(app, button, desk);
}

interface Click {
  /** What it is in the audit log where it is refused. */
  readonly verb: string;
  readonly act: (id: string, clicker: Authorised, desk: Desk) => Promise<View>;
}

function onButton(app: App, button: string, { verb, act }: Click, desk: Desk): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: button },
    async ({ ack, action, body, client }) => {
      await ack();
      const opening = openingOf(client, body.trigger_id);
      const origin = originOf(body);
      const id = action.value ?? '';
      const order = { origin, verb, words: `[${action.text.text}] ${id}` };
      const told = await admit(order, desk)
        .then((clicker) => act(id, clicker, desk))
        .catch((error: unknown) => troubleInWords(error, desk.log));
      // Who closed what was opened meanwhile sees what came of it in their Home.
      await opening
        .show(noticeModal(action.text.text, told))
        .catch((error: unknown) => desk.log.warn({ err: error }, 'answer not shown'));
      await desk.homes.opened(origin);
    },
  );
}

async function stopped(id: string, clicker: Authorised, desk: Desk): Promise<View> {
  const trouble = await stop(id, clicker, desk);
  const capture = desk.engine.peek(id);
  return trouble ?? stoppedView(capture === undefined ? [] : [capture]);
}

function onBeginning(app: App, button: string, desk: Desk): void {
  app.action<BlockAction<ButtonAction>>(
    { type: 'block_actions', action_id: button },
    async ({ ack, action, body, client }) => {
      await ack();
      const verb = action.value ?? '';
      if (!isDraftVerb(verb)) return;
      const order = { origin: originOf(body), verb, words: `[${action.text.text}]` };
      await openFromNowhere(order, openingOf(client, body.trigger_id), desk);
    },
  );
}
