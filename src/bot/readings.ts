import { Counter, Gauge, Registry } from 'prom-client';
import type { Engine } from '../capture/door.ts';
import { CaptureError } from '../capture/errors.ts';
import type { Behind } from './follow.ts';

/** What is read when somebody asks, and never counted: it is as the registry and Slack have it now. */
export interface Sources {
  readonly engine: Pick<Engine, 'measure' | 'head'>;
  /** How many connections to Slack listen. */
  readonly connections: () => number;
  /** Messages that do not show what they are about as it is. */
  readonly behind: () => Behind;
  /** How long the event loop kept others waiting since this was asked last, seconds. */
  readonly eventLoop: () => { readonly p99: number; readonly max: number };
}

/** How the bot is: null where nothing is wrong. */
export interface Health {
  readonly why: string | null;
  readonly connections: number;
}

/** Whether the bot hears Slack and the registry answers. */
export function healthOf({ engine, connections }: Pick<Sources, 'engine' | 'connections'>): Health {
  const listening = connections();
  if (listening === 0) return { why: 'no connection to Slack listens', connections: listening };
  try {
    engine.head();
    return { why: null, connections: listening };
  } catch (error) {
    return { why: wordsOf(error), connections: listening };
  }
}

/** Readings in Prometheus's text format 0.0.4; of a registry that does not answer there are none, but that it does not. */
export async function readingsText({ engine, connections, behind, eventLoop }: Sources): Promise<string> {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: number) => new Gauge({ name, help, registers }).set(value);
  const total = (name: string, help: string, value: number) => new Counter({ name, help, registers }).inc(value);
  const { p99, max } = eventLoop();
  gauge('capture_slack_connections', 'Socket Mode connections that listen.', connections());
  gauge('capture_event_loop_delay_p99_seconds', 'The 99th percentile since the last look.', p99);
  gauge('capture_event_loop_delay_max_seconds', 'The longest since the last look.', max);
  const known = await registered({ engine, behind });
  gauge('capture_registry_up', 'Whether the registry answers.', known === null ? 0 : 1);
  // What is wrong is for /health to say; the numbers that need no registry are told all the same.
  if (known === null) return registry.metrics();
  const { messages, oldest, captures, droppedByKernel, searchedBytes, supervisor, freeBytes } = known;
  gauge(
    'capture_messages_behind',
    'Messages in Slack that are due and do not show their capture or request as it is.',
    messages,
  );
  gauge('capture_messages_behind_seconds', 'For how long the oldest of them has been due.', oldest / 1_000);
  gauge('capture_supervised', 'Whether any process looks after what runs.', supervisor === 'nobody' ? 0 : 1);
  gauge('capture_supervisor', 'Whether this process does.', supervisor === 'this process' ? 1 : 0);
  gauge('capture_free_bytes', 'Free on the volume of savefiles.', freeBytes);
  total('capture_kernel_dropped_packets_total', 'Packets that the kernel dropped, of all captures.', droppedByKernel);
  total('capture_searched_bytes_total', 'Bytes of ring files that searches went through.', searchedBytes);
  const states = new Gauge({
    name: 'capture_captures',
    help: 'Captures by kind and state, ended ones included.',
    labelNames: ['kind', 'state'],
    registers,
  });
  for (const { kind, state, count } of captures) states.set({ kind, state }, count);
  return registry.metrics();
}

async function registered({ engine, behind }: Pick<Sources, 'engine' | 'behind'>) {
  try {
    return { ...behind(), ...(await engine.measure()) };
  } catch (error) {
    if (error instanceof CaptureError) return null;
    throw error;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof CaptureError ? error.message : 'the registry does not answer';
}
