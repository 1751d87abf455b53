import { viewErrors } from './blocks/view-check.ts';
import { ApiFailure, argumentFailure } from './failure.ts';
import { withIds } from './messages.ts';
import type { State } from './state.ts';
import { stateValues, type ViewValues } from './view-values.ts';
import { type Block, isWire, textIn, type Wire } from './wire.ts';

const MOST_CHARACTERS = 250_000;

/** A modal or Home view on somebody's screen. `values` is what the person has filled in so far, `errors` what the app answered to a submission. */
export type OpenView = {
  id: string;
  user: string;
  type: 'modal' | 'home';
  callbackId: string;
  title: string;
  blocks: Block[];
  definition: Wire;
  hash: string;
  rootId: string;
  previousId?: string;
  externalId?: string;
  values: ViewValues;
  errors: Record<string, string>;
};

/** Throws ApiFailure `invalid_arguments`, naming each mistake, unless the view may be shown. */
export function checkView(state: State, definition: unknown, type: 'modal' | 'home'): asserts definition is Wire {
  const errors = viewErrors(definition, type, { newBlocks: state.newBlocks });
  if (errors.length > 0) throw argumentFailure('invalid_arguments', errors);
  if (JSON.stringify(definition).length > MOST_CHARACTERS) throw new ApiFailure('view_too_large');
}

/** Checks a view as views.* do and gives it an id. Throws what checkView throws. */
export function newView(state: State, user: string, definition: unknown, type: 'modal' | 'home'): OpenView {
  const content = contentOf(state, definition, type);
  const id = state.newId('V');
  return { id, user, type, rootId: id, values: {}, errors: {}, ...content };
}

/** Replaces what a view says; what the person filled in stays where block_id and action_id stay. */
export function rewriteView(state: State, view: OpenView, definition: unknown): void {
  Object.assign(view, contentOf(state, definition, view.type), { errors: {} });
  state.announce(view.type === 'home' ? { kind: 'home', view } : { kind: 'view', view, how: 'updated' });
}

/** Puts a view on top of the person's modals. Throws `push_limit_reached` over three. */
export function stackView(state: State, view: OpenView, how: 'opened' | 'pushed'): void {
  const stack = how === 'pushed' ? modalsOf(state, view.user) : [];
  const below = stack.at(-1);
  if (stack.length >= 3) throw new ApiFailure('push_limit_reached');
  if (stack[0] && below) {
    view.rootId = stack[0].id;
    view.previousId = below.id;
  }
  state.modals.set(view.user, [...stack, view]);
  state.announce({ kind: 'view', view, how });
}

/** Takes a modal off the screen, or all of the person's modals. */
export function closeView(state: State, view: OpenView, all: boolean): void {
  const rest = all ? [] : modalsOf(state, view.user).filter((each) => each.id !== view.id);
  state.modals.set(view.user, rest);
  state.announce({ kind: 'view', view, how: 'closed' });
}

/** A person's open modals, the one on top last. */
export function modalsOf(state: State, user: string): OpenView[] {
  return state.modals.get(user) ?? [];
}

/** An open modal or a Home by its id or external id. */
export function openViewBy(state: State, viewId?: string, externalId?: string): OpenView | undefined {
  const open = [...[...state.modals.values()].flat(), ...state.homes.values()];
  return open.find((each) =>
    viewId ? each.id === viewId : externalId !== undefined && each.externalId === externalId,
  );
}

/** A view in the shape that the Web API answers and interaction payloads carry. */
export function viewWire(state: State, view: OpenView): Wire {
  return {
    ...view.definition,
    id: view.id,
    team_id: state.team.id,
    app_id: state.app.id,
    app_installed_team_id: state.team.id,
    bot_id: state.bot.id,
    callback_id: view.callbackId,
    private_metadata: textIn(view.definition, 'private_metadata') ?? '',
    blocks: view.blocks,
    state: { values: stateValues(view.blocks, view.values) },
    hash: view.hash,
    title: isWire(view.definition.title) ? view.definition.title : { type: 'plain_text', text: view.title },
    close: view.definition.close ?? null,
    submit: view.definition.submit ?? null,
    clear_on_close: view.definition.clear_on_close === true,
    notify_on_close: view.definition.notify_on_close === true,
    root_view_id: view.rootId,
    previous_view_id: view.previousId ?? null,
    external_id: view.externalId ?? '',
  };
}

function contentOf(state: State, definition: unknown, type: 'modal' | 'home') {
  checkView(state, definition, type);
  const externalId = textIn(definition, 'external_id');
  return {
    definition,
    callbackId: textIn(definition, 'callback_id') ?? '',
    title: textIn(definition.title, 'text') ?? '',
    blocks: withIds(state, blocksIn(definition)),
    hash: `${state.newTs()}.${state.newId('h')}`,
    ...(externalId !== undefined && { externalId }),
  };
}

function blocksIn(definition: Wire): Block[] {
  return Array.isArray(definition.blocks) ? definition.blocks : [];
}
