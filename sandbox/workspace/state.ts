import { EventEmitter } from 'node:events';
import type { Channel } from './channels.ts';
import type { Clock } from './clock.ts';
import type { Declared } from './manifest.ts';
import type { Ephemeral, Message } from './messages.ts';
import type { StoredFile } from './stored-files.ts';
import type { User } from './users.ts';
import type { OpenView } from './views.ts';
import type { Wire } from './wire.ts';

/** One call of the Web API, as it arrived and as it was answered. */
export type Call = { method: string; args: Wire; at: number; answer: Wire };

/** One envelope sent over Socket Mode; `ack` is its acknowledgement's payload once it came, `lostAcks` those that a fault swallowed. */
export type SentEnvelope = { id: string; type: string; payload: Wire; attempts: number; lostAcks: number; ack?: Wire };

/** A Slack user group. */
export type UserGroup = { id: string; handle: string; name: string; users: string[]; disabled: boolean };

/** Something that changed: what a person looking at Slack would see move, and the traffic under it. */
export type Change =
  | { kind: 'posted'; message: Message }
  | { kind: 'edited'; message: Message }
  | { kind: 'deleted'; message: Message }
  | { kind: 'ephemeral'; ephemeral: Ephemeral }
  | { kind: 'ephemeral_replaced'; ephemeral: Ephemeral }
  | { kind: 'ephemeral_deleted'; ephemeral: Ephemeral }
  | { kind: 'view'; view: OpenView; how: 'opened' | 'pushed' | 'updated' | 'errors' | 'closed' }
  | { kind: 'home'; view: OpenView }
  | { kind: 'file'; file: StoredFile }
  | { kind: 'call'; call: Call }
  | { kind: 'envelope'; envelope: SentEnvelope }
  | { kind: 'connections'; open: number };

/** All that a workspace knows. Everything else is functions over it. */
export type State = {
  clock: Clock;
  declared: Declared;
  team: { id: string; domain: string; name: string };
  app: { id: string };
  bot: { id: string; userId: string };
  users: Map<string, User>;
  channels: Map<string, Channel>;
  messages: Message[];
  ephemerals: Ephemeral[];
  files: Map<string, StoredFile>;
  groups: Map<string, UserGroup>;
  /** Open modals, bottom of the stack first. */
  modals: Map<string, OpenView[]>;
  homes: Map<string, OpenView>;
  calls: Call[];
  envelopes: SentEnvelope[];
  /** Whether the newest block kinds have reached this workspace: Slack rolls them out in phases. */
  newBlocks: boolean;
  newId(prefix: string): string;
  newTs(): string;
  announce(change: Change): void;
  watch(listener: (change: Change) => void): () => void;
};

/** An empty workspace with the ids of Slack's own documentation. */
export function emptyState(declared: Declared, clock: Clock, newBlocks: boolean): State {
  const changes = new EventEmitter().setMaxListeners(0);
  let ids = 0;
  let lastMicros = 0;
  return {
    clock,
    declared,
    newBlocks,
    team: { id: 'T024BE7LD', domain: 'corp', name: 'Corp' },
    app: { id: 'A024BE7AP' },
    bot: { id: 'B024BE7BT', userId: 'U024BE7BT' },
    users: new Map(),
    channels: new Map(),
    messages: [],
    ephemerals: [],
    files: new Map(),
    groups: new Map(),
    modals: new Map(),
    homes: new Map(),
    calls: [],
    envelopes: [],
    newId(prefix) {
      ids += 1;
      return `${prefix}0${ids.toString(36).toUpperCase().padStart(8, '0')}`;
    },
    // A ts names its message, so no two may be alike even within one tick of the clock.
    newTs() {
      lastMicros = Math.max(Math.floor(clock.now() * 1000), lastMicros + 1);
      return `${Math.floor(lastMicros / 1e6)}.${String(lastMicros % 1e6).padStart(6, '0')}`;
    },
    announce: (change) => void changes.emit('change', change),
    watch(listener) {
      changes.on('change', listener);
      return () => void changes.off('change', listener);
    },
  };
}
