import { ApiFailure } from '../failure.ts';
import { forBot, type Method } from './method.ts';

/** auth.test, api.test and the opening of Socket Mode. */
export const appMethods: Record<string, Method> = {
  'api.test': {
    token: 'none',
    scopes: [],
    run(_desk, args) {
      const { error, token: _token, ...rest } = args;
      if (typeof error === 'string') throw new ApiFailure(error, { args });
      return { args: rest };
    },
  },

  'auth.test': forBot([], ({ state }) => ({
    url: `https://${state.team.domain}.slack.com/`,
    team: state.team.name,
    team_id: state.team.id,
    user: state.declared.botName,
    user_id: state.bot.userId,
    bot_id: state.bot.id,
    is_enterprise_install: false,
  })),

  'apps.connections.open': {
    token: 'app',
    scopes: [],
    run({ state, socketUrl }) {
      if (!state.declared.socketMode) throw new ApiFailure('socket_mode_not_enabled');
      return { url: socketUrl() };
    },
  },
};
