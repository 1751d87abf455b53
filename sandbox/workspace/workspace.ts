import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Happenings, happenings } from './admin.ts';
import { addChannel, type Channel, type NewChannel } from './channels.ts';
import { type Clock, wallClock } from './clock.ts';
import { type Faults, faultPlan } from './faults.ts';
import { declaredIn } from './manifest.ts';
import { eventsOf } from './people/events.ts';
import { type Person, personOf } from './people/person.ts';
import { postLimit } from './post-limit.ts';
import { responseUrlsOf } from './response-urls.ts';
import { type Sights, sightsOf } from './sights.ts';
import { type Delivery, type DisconnectReason, type SocketSide, socketSide } from './socket.ts';
import { type Change, emptyState, type SentEnvelope, type State } from './state.ts';
import { tokensFor } from './tokens.ts';
import { triggersOf } from './triggers.ts';
import { addUser, type NewUser, type User, userOf } from './users.ts';
import { webApiServer } from './web-api.ts';

/** How to open a workspace: the app's manifest as parsed, and what is to differ from the ordinary. */
export type WorkspaceOptions = {
  manifest: unknown;
  clock?: Clock;
  /** 0, the default, takes any free port. */
  port?: number;
  /** Whether chat.postMessage is limited to about one a second and channel. */
  rateLimits?: boolean;
  /** Whether plan, task_card and alert blocks have reached this workspace. */
  newBlocks?: boolean;
};

/** A Slack workspace on this machine: what the app talks to, what people do in it, and what there is to see. */
export type Workspace = Sights & {
  apiUrl: string;
  botToken: string;
  appToken: string;
  teamId: string;
  botUserId: string;
  state: State;
  faults: Faults & Happenings & Line;
  addUser(user: NewUser): User;
  addChannel(channel: NewChannel): Channel;
  /** The hands of a user, named by the User, its id or its name. */
  as(user: User | string): Person;
  /** Calls the listener on every change until the returned function is called. */
  watch(listener: (change: Change) => void): () => void;
  /** How many Socket Mode connections are open. */
  connections(): number;
  close(): Promise<void>;
};

/** What the network does between the app and these servers. */
export type Line = {
  disconnect(reason: DisconnectReason, connections?: number): void;
  /** The oldest connections go silent without a goodbye. */
  freeze(connections?: number): void;
  /** Breaks what is open and refuses every connection, until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  /** Delivers an envelope once more, however late. */
  redeliver(envelope: SentEnvelope): Promise<Delivery['outcome']>;
};

/** Opens a workspace on 127.0.0.1 with nobody in it but the app's bot. Stop the app before closing it. */
export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { manifest, clock = wallClock, port = 0, rateLimits = false, newBlocks = true } = options;
  const state = emptyState(declaredIn(manifest), clock, newBlocks);
  const plan = faultPlan(() => clock.now());
  const tokens = tokensFor(state.team.id);
  const socket = socketSide(state, plan);
  const events = eventsOf(state, socket);
  const triggers = triggersOf(state);
  const base = () => `http://127.0.0.1:${listening}`;
  const responseUrls = responseUrlsOf(state, base);
  const socketUrl = () => `ws://127.0.0.1:${listening}/link/?ticket=${socket.newTicket()}`;
  const desk = { state, triggers, responseUrls, base, socketUrl };
  const server = webApiServer({ desk, plan, tokens, postLimit: postLimit(clock, rateLimits) });
  server.on('upgrade', socket.accept);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const listening = (server.address() as AddressInfo).port;
  addBot(state);

  return {
    apiUrl: `${base()}/api/`,
    botToken: tokens.bot,
    appToken: tokens.app,
    teamId: state.team.id,
    botUserId: state.bot.userId,
    state,
    faults: { ...plan.faults, ...happenings(state, events, tokens), ...lineOf(server, socket, () => listening) },
    addUser: (user) => addUser(state, user),
    addChannel: (channel) => addChannel(state, channel),
    as: (user) => personOf({ state, socket, events, triggers, responseUrls }, userOf(state, user)),
    watch: state.watch,
    connections: socket.connections,
    ...sightsOf(state),
    close: () => shut(server, socket, events),
  };
}

function addBot(state: State): void {
  const bot = addUser(state, { name: state.declared.botName, id: state.bot.userId, kind: 'bot' });
  bot.profile.bot_id = state.bot.id;
}

function lineOf(server: Server, socket: SocketSide, port: () => number): Line {
  return {
    disconnect: socket.disconnect,
    freeze: socket.freeze,
    async goAway() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      socket.disconnect('abrupt');
      await closed;
    },
    async comeBack() {
      server.listen(port(), '127.0.0.1');
      await once(server, 'listening');
    },
    async redeliver(envelope) {
      const { type, payload } = envelope;
      return (await socket.deliver(type, payload, type === 'slash_commands', envelope)).outcome;
    },
  };
}

async function shut(server: Server, socket: SocketSide, events: { close(): void }): Promise<void> {
  events.close();
  await socket.close();
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
