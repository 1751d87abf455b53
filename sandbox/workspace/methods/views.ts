import { ApiFailure, argumentFailure } from '../failure.ts';
import { checkView, modalsOf, newView, openViewBy, rewriteView, stackView, viewWire } from '../views.ts';
import { textIn } from '../wire.ts';
import { forBot, type Method } from './method.ts';
import { knownUser } from './reach.ts';

/** views.*: modals and the Home tab. */
export const viewMethods: Record<string, Method> = {
  'views.open': forBot([], ({ state, triggers }, args) => {
    // A view that cannot be shown leaves the trigger unspent: an app may send a plainer one.
    checkView(state, args.view, 'modal');
    const user = triggers.spend(textIn(args, 'trigger_id'));
    const view = newView(state, user, args.view, 'modal');
    stackView(state, view, 'opened');
    return { view: viewWire(state, view) };
  }),

  'views.push': forBot([], ({ state, triggers }, args) => {
    checkView(state, args.view, 'modal');
    const user = triggers.spend(textIn(args, 'trigger_id'));
    const view = newView(state, user, args.view, 'modal');
    if (modalsOf(state, user).length === 0) throw new ApiFailure('not_found');
    stackView(state, view, 'pushed');
    return { view: viewWire(state, view) };
  }),

  'views.update': forBot([], ({ state }, args) => {
    const view = openViewBy(state, textIn(args, 'view_id'), textIn(args, 'external_id'));
    if (!view) throw new ApiFailure('not_found');
    const hash = textIn(args, 'hash');
    if (hash !== undefined && hash !== view.hash) throw new ApiFailure('hash_conflict');
    rewriteView(state, view, args.view);
    return { view: viewWire(state, view) };
  }),

  'views.publish': forBot([], ({ state }, args) => {
    const user = knownUser(state, textIn(args, 'user_id'));
    if (!state.declared.homeTab) throw new ApiFailure('not_enabled');
    const shown = state.homes.get(user.id);
    const hash = textIn(args, 'hash');
    if (hash !== undefined && hash !== shown?.hash) throw new ApiFailure('hash_conflict');
    if (args.view === undefined) throw argumentFailure('invalid_arguments', ['missing required field: view']);
    const view = newView(state, user.id, args.view, 'home');
    state.homes.set(user.id, view);
    state.announce({ kind: 'home', view });
    return { view: viewWire(state, view) };
  }),
};
