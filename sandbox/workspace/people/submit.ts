import { ApiFailure } from '../failure.ts';
import type { State } from '../state.ts';
import type { User } from '../users.ts';
import { filled, inputsIn, submissionErrors, type ViewValues, valueFor } from '../view-values.ts';
import { closeView, newView, type OpenView, rewriteView, stackView, viewWire } from '../views.ts';
import { objectIn, textIn, type Wire } from '../wire.ts';
import { interaction } from './payloads.ts';
import type { ActOutcome, Floor } from './person.ts';

/** What came of a submission. `incomplete` is the client's own refusal, `errors` the app's, both by block_id. */
export type SubmitOutcome =
  | { outcome: 'closed' | 'cleared' | 'no_ack' | 'no_connection' }
  | { outcome: 'updated' | 'pushed'; view: OpenView }
  | { outcome: 'errors' | 'incomplete'; errors: Record<string, string> }
  | { outcome: 'trouble'; shown: string };

/** Fills in a modal and submits it; the app's acknowledgement says what becomes of the view. */
export async function submitsView(
  { state, socket, triggers, responseUrls }: Floor,
  user: User,
  view: OpenView,
  values: ViewValues,
): Promise<SubmitOutcome> {
  const stray = strayValue(view, values);
  if (stray !== undefined) throw new Error(`the form has no field ${stray} to fill in`);
  Object.assign(view.values, values);
  const incomplete = submissionErrors(view.blocks, view.values);
  if (Object.keys(incomplete).length > 0) return { outcome: 'incomplete', errors: incomplete };
  const response_urls = answerable(view).map(({ channel, ...where }) => ({
    ...where,
    channel_id: channel,
    response_url: responseUrls.issue({ user: user.id, channel }),
  }));
  const submission = { view: viewWire(state, view), trigger_id: triggers.issue(user.id), response_urls };
  const payload = { ...interaction(state, user, 'view_submission'), ...submission };
  const delivery = await socket.deliver('interactive', payload, true);
  if (delivery.outcome !== 'acked') return { outcome: delivery.outcome };
  try {
    return follow(state, view, delivery.payload);
  } catch (failure) {
    if (!(failure instanceof ApiFailure)) throw failure;
    return {
      outcome: 'trouble',
      shown: `We had some trouble connecting. Try again? (${JSON.stringify(failure.facts)})`,
    };
  }
}

/** Closes a modal, or with `all` the whole stack; the app hears of it where the view asked for that. */
export async function closesView(
  { state }: Floor,
  user: User,
  view: OpenView,
  all: boolean,
  interact: (payload: Wire) => Promise<ActOutcome>,
): Promise<ActOutcome> {
  closeView(state, view, all);
  if (view.definition.notify_on_close !== true) return { outcome: 'acked' };
  const closing = { view: viewWire(state, view), is_cleared: all };
  return interact({ ...interaction(state, user, 'view_closed'), ...closing });
}

function follow(state: State, view: OpenView, ack: Wire): SubmitOutcome {
  const action = textIn(ack, 'response_action');
  if (action === undefined) {
    closeView(state, view, false);
    return { outcome: 'closed' };
  }
  if (action === 'clear') {
    closeView(state, view, true);
    return { outcome: 'cleared' };
  }
  if (action === 'errors') return showErrors(state, view, objectIn(ack, 'errors'));
  if (action === 'update') {
    rewriteView(state, view, ack.view);
    return { outcome: 'updated', view };
  }
  if (action !== 'push') throw new ApiFailure('invalid_response_action', { response_action: action });
  const pushed = newView(state, view.user, ack.view, 'modal');
  stackView(state, pushed, 'pushed');
  return { outcome: 'pushed', view: pushed };
}

/** The conversations chosen where the app asked for an address to answer to. */
function answerable({ blocks, values }: OpenView) {
  return inputsIn(blocks).flatMap(({ block, element, actionId }) => {
    const { selected_conversation, selected_channel } = filled(
      element,
      valueFor(values, block.block_id ?? '', actionId),
    );
    const channel = selected_conversation ?? selected_channel;
    if (element.response_url_enabled !== true || typeof channel !== 'string') return [];
    return [{ block_id: block.block_id ?? '', action_id: actionId, channel }];
  });
}

/** A name among the values that no field of the view has. */
function strayValue({ blocks }: OpenView, values: ViewValues): string | undefined {
  const known = new Set(inputsIn(blocks).flatMap(({ block, actionId }) => [block.block_id, actionId]));
  return Object.keys(values).find((name) => !known.has(name));
}

/** Errors hang on input blocks: an error for any other block is one that nobody would see, so Slack refuses it. */
function showErrors(state: State, view: OpenView, errors: Wire): SubmitOutcome {
  const inputs = new Set(view.blocks.filter((each) => each.type === 'input').map((each) => each.block_id));
  const strays = Object.keys(errors).filter((blockId) => !inputs.has(blockId));
  if (strays.length > 0) throw new ApiFailure('invalid_errors', { no_input_block: strays });
  view.errors = Object.fromEntries(Object.entries(errors).map(([blockId, why]) => [blockId, String(why)]));
  state.announce({ kind: 'view', view, how: 'errors' });
  return { outcome: 'errors', errors: view.errors };
}
