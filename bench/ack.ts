import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parse, stringify } from 'yaml';
import { startBot } from '../sandbox/demo/bot-process.ts';
import type { Channel } from '../sandbox/workspace/channels.ts';
import type { User } from '../sandbox/workspace/users.ts';
import { openWorkspace, type Workspace } from '../sandbox/workspace/workspace.ts';
import type { Actor } from '../src/capture/analyst.ts';
import type { Engine } from '../src/capture/door.ts';
import { openEngine } from '../src/capture/engine.ts';
import { readConfig } from '../src/environment.ts';
import { samplesIn } from '../test/bot/exposition.ts';
import { type Held, quantile } from './promise.ts';
import { writeRing } from './ring.ts';

const inFlight = 50;
const commands = 2_000;
const limit = 100;
const ringBytes = 1.5e9;
/** Who starts captures and stops them again; everybody else looks. */
const capturing = 2;

/**
 * How long a real bot takes to acknowledge a command, from the envelope's sending to its acknowledgement at the workspace, while 50 people
 * each wait for an answer before they type on, and a ring is searched in the same bot without a pause.
 */
export async function ack(): Promise<Held> {
  const directory = mkdtempSync(join(tmpdir(), 'capture-bench-ack-'));
  try {
    const ring = await writeRing(join(directory, 'ring'), ringBytes);
    const stage = await openStage(directory);
    try {
      return await measured(stage, ring.bytes);
    } finally {
      await stage.close();
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function measured(stage: Stage, bytes: number): Promise<Held> {
  const { workspace, people } = stage;
  // Everybody is known, and what is loaded at first need is loaded: that is the start of a bot, and told apart.
  await Promise.all(people.map((who) => typed(stage, who, '/capture whoami')));
  const cold = await firstTime(stage);
  await stage.scrape();
  const enough = new AbortController();
  const from = performance.now();
  const searches = searchOn(stage, enough.signal);
  const here = monitorEventLoopDelay({ resolution: 10 });
  here.enable();
  const before = stage.processor();
  let left = commands;
  const took: Took[] = [];
  const load = loadavg()[0] ?? Number.NaN;
  await Promise.all(
    people.map(async (who, at) => {
      for (const words of wordsOf(at)) {
        if (left <= 0) return;
        left -= 1;
        took.push({ verb: words.split(' ')[0] ?? '', ...(await typed(stage, who, `/capture ${words}`)) });
      }
    }),
  );
  const samples = await stage.scrape();
  const seconds = (performance.now() - from) / 1_000;
  const after = stage.processor();
  here.disable();
  enough.abort();
  const searched = await searches;
  const acks = took.map((each) => each.ack);
  const unacknowledged = workspace.envelopes('slash_commands').filter((each) => each.ack === undefined).length;
  const figure = (name: string) => samples.get(name) ?? Number.NaN;
  const within = figure('capture_ack_seconds_bucket{le="0.1"}') / figure('capture_ack_seconds_count');
  return {
    promise: `with ${inFlight} commands in flight and a search at full speed, 99 of 100 are acknowledged within ${limit} ms`,
    found: [
      `${acks.length} commands in ${seconds.toFixed(1)} s, ${unacknowledged} not acknowledged; load ${load.toFixed(2)} at first`,
      `ack: ${inWords(acks)}`,
      `answer: ${inWords(took.map((each) => each.answer))}`,
      ...[...Map.groupBy(took, ({ verb }) => verb)].map(
        ([verb, some]) => `  ${verb} (${some.length}): ack ${inWords(some.map((each) => each.ack))}`,
      ),
      `in the bot: ${(within * 100).toFixed(2)} % acknowledged within 100 ms of being read; event loop blocked for at most ${(figure('capture_event_loop_delay_max_seconds') * 1_000).toFixed(0)} ms, p99 ${(figure('capture_event_loop_delay_p99_seconds') * 1_000).toFixed(0)} ms`,
      `its main thread had a processor for ${(after.ran - before.ran).toFixed(1)} s and waited for one for ${(after.waited - before.waited).toFixed(1)} s; the workspace's event loop: at most ${(here.max / 1e6 - 10).toFixed(0)} ms, p99 ${(here.percentile(99) / 1e6 - 10).toFixed(0)} ms`,
      `the first search and the first start of this bot: event loop blocked for at most ${cold.toFixed(0)} ms`,
      `${searched} searches of ${(bytes / 1e9).toFixed(2)} GB came to their end meanwhile`,
    ],
    holds: unacknowledged === 0 && quantile(acks, 0.99) <= limit,
  };
}

/** A start, a stop and a search, alone; for how long they blocked the event loop at most, milliseconds. */
async function firstTime(stage: Stage): Promise<number> {
  const [who] = stage.people;
  if (who === undefined) throw new Error('nobody types');
  await stage.scrape();
  await typed(stage, who, `/capture start -d first -e 'udp port ${42_750}'`);
  await typed(stage, who, '/capture stop first');
  const enough = new AbortController();
  const searches = searchOn(stage, enough.signal);
  for await (const { kind, endedAt } of stage.engine.watch(0, enough.signal))
    if (kind === 'past' && endedAt !== null) enough.abort();
  await searches;
  const samples = await stage.scrape();
  return (samples.get('capture_event_loop_delay_max_seconds') ?? Number.NaN) * 1_000;
}

interface Took {
  readonly verb: string;
  /** Milliseconds from typing. */
  readonly ack: number;
  readonly answer: number;
}

/** What one person types, for ever. */
function* wordsOf(at: number): Generator<string, void, undefined> {
  for (let turn = at; ; turn += 1) {
    if (at < capturing) {
      yield `start -d bench${at} -e 'udp port ${42_750 + at}'`;
      yield `stop bench${at}`;
    } else yield looks[turn % looks.length] ?? 'list';
  }
}

const looks = ['list', 'show c1', 'whoami', 'list --all'];

/** Types a command and waits for its answer. */
async function typed({ workspace, channel, answered }: Stage, who: User, line: string) {
  const answer = answered(who);
  const from = performance.now();
  const { outcome } = await workspace.as(who).types(line, channel);
  const ack = performance.now() - from;
  if (outcome !== 'acked') throw new Error(`${line} came to ${outcome}`);
  await answer;
  return { ack, answer: performance.now() - from };
}

/** Searches the whole ring, one search after the other, without an index's help, every second one writing much; returns how many. */
async function searchOn({ workspace, searcher, channel, engine, lead }: Stage, signal: AbortSignal): Promise<number> {
  const expressions = ['len > 100 and ip[8] = 3', 'tcp and net 10.0.0.0/8 and not port 443'];
  const type = (at: number) =>
    workspace
      .as(searcher)
      .types(`/capture search --yes --exact -d all -e '${expressions[at % expressions.length]}'`, channel);
  const before = new Set((await engine.list({ all: true }, lead)).map(({ id }) => id));
  let searched = 0;
  await type(searched);
  for await (const { id, kind, endedAt, state, why, path } of engine.watch(0, signal)) {
    if (kind !== 'past' || endedAt === null || before.has(id)) continue;
    before.add(id);
    if (state !== 'finished') throw new Error(`a search came to ${state}: ${why}`);
    // Not at once: this is the workspace's event loop, too.
    await rm(path);
    searched += 1;
    await type(searched);
  }
  return searched;
}

interface Stage {
  readonly workspace: Workspace;
  readonly channel: Channel;
  readonly people: readonly User[];
  readonly searcher: User;
  readonly engine: Engine;
  readonly lead: Actor;
  /** Resolves when this person alone is shown something. */
  answered(who: User): Promise<void>;
  /** How long the bot's main thread had a processor so far, and had to wait for one, seconds. */
  processor(): { readonly ran: number; readonly waited: number };
  scrape(): Promise<ReadonlyMap<string, number>>;
  close(): Promise<void>;
}

/** A sensor on lo with its bot in a process of its own, and a workspace in this one. */
async function openStage(directory: string): Promise<Stage> {
  const manifest: unknown = parse(readFileSync(join(import.meta.dirname, '../manifest.yml'), 'utf8'));
  const workspace = await openWorkspace({ manifest });
  const people = Array.from({ length: inFlight }, (_, at) => workspace.addUser({ name: `analyst${at}` }));
  const searcher = workspace.addUser({ name: 'searcher' });
  const all = [...people, searcher];
  const channel = workspace.addChannel({ name: 'soc', members: all.map(({ id }) => id) });
  const port = await freePort();
  const file = join(directory, 'capture.yml');
  mkdirSync(join(directory, 'state'));
  writeFileSync(
    file,
    stringify({
      ...{
        sensor: 'bench',
        state: 'state',
        captures: 'captures',
        interfaces: ['lo'],
        buffer: '1MiB',
        metrics: { port },
      },
      rings: [{ name: 'ring', path: 'ring', interface: 'lo' }],
      limits: { freeSpace: '1MB', perAnalyst: 1_000 },
      analysts: all.map(({ name, id }) => ({ name, role: 'lead', slack: id })),
      slack: { team: workspace.teamId, channels: [channel.id] },
    }),
    { mode: 0o600 },
  );
  const config = await readConfig(file);
  const log = { info: () => undefined, warn: console.warn, error: console.error };
  const engine = openEngine({ config, log, now: Date.now });
  const bot = await startBot({
    ...{
      configuration: file,
      workspace,
      log: join(directory, 'bot.log'),
      environment: { PATH: process.env.PATH },
    },
  });
  await workspace.until(() => workspace.connections() === 2, { timeoutMs: 30_000, what: 'both connections' });
  const waiting = new Map<string, () => void>();
  workspace.watch((change) => {
    if (change.kind !== 'ephemeral') return;
    waiting.get(change.ephemeral.user)?.();
    // Thousands of answers are nothing that a workspace should look through.
    workspace.state.ephemerals.length = 0;
  });
  const lead: Actor = {
    analyst: { name: 'searcher', role: 'lead' },
    origin: { door: 'shell', login: 'bench', tty: null, remoteHost: null },
    words: 'bench',
  };
  return {
    ...{ workspace, channel, people, searcher, engine, lead },
    answered: ({ id }) => new Promise((resolve) => waiting.set(id, resolve)),
    processor: () => {
      // proc(5): nanoseconds on a processor, and on a run queue.
      const [ran = 0, waited = 0] = readFileSync(`/proc/${bot.pid}/task/${bot.pid}/schedstat`, 'utf8')
        .split(' ')
        .map(Number);
      return { ran: ran / 1e9, waited: waited / 1e9 };
    },
    scrape: async () => samplesIn(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()),
    close: async () => {
      await engine.stop(null, lead).catch(() => undefined);
      await bot.stop();
      console.error(
        readFileSync(join(directory, 'bot.log'), 'utf8')
          .split('\n')
          .filter((l) => l.includes('GAPS'))
          .join(),
      );
      await engine.close();
      await workspace.close();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}

function inWords(millis: readonly number[]): string {
  const at = (share: number) => quantile(millis, share).toFixed(0);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, at most ${Math.max(...millis).toFixed(0)} ms`;
}
