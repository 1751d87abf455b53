import { Counter, Histogram, Registry } from 'prom-client';
import type { Millis } from '../capture/capture.ts';
import { CaptureError } from '../capture/errors.ts';
import { grammar } from '../command/grammar.ts';

/** What became of a call of Slack's Web API. */
export type CallOutcome = 'ok' | 'error' | 'limited' | 'unreachable';

/** What the bot counts while it works. No label takes a word that a person typed: verbs are the grammar's, everything else is ours. */
export interface Meters {
  /** A command that was carried out, or `asked`: held back for a question first. */
  command(verb: string, outcome: 'done' | 'asked'): void;
  /** A command that came to nothing; however many hands the error goes through, it counts once. */
  failed(verb: string, error: unknown): void;
  acked(after: Millis): void;
  slackCall(method: string, outcome: CallOutcome): void;
  /** All of it in Prometheus's text format 0.0.4. */
  text(): Promise<string>;
}

const seconds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3];

/** Meters at zero. */
export function openMeters(): Meters {
  const registry = new Registry();
  const registers = [registry];
  const commands = new Counter({
    name: 'capture_commands_total',
    help: 'Commands, buttons and forms by verb and by what came of them: done, asked, bug, or the code of a refusal.',
    labelNames: ['verb', 'outcome'],
    registers,
  });
  const acks = new Histogram({
    name: 'capture_ack_seconds',
    help: 'From the moment when an envelope was read from the socket until its acknowledgement was sent.',
    buckets: seconds,
    registers,
  });
  const calls = new Counter({
    name: 'capture_slack_calls_total',
    help: 'Calls of the Slack Web API by method and by what came of them: ok, error, limited (429), unreachable.',
    labelNames: ['method', 'outcome'],
    registers,
  });
  const counted = new WeakSet<object>();
  const command = (verb: string, outcome: string) =>
    commands.inc({ verb: Object.hasOwn(grammar, verb) ? verb : 'other', outcome });
  return {
    command,
    failed: (verb, error) => {
      if (typeof error === 'object' && error !== null) {
        if (counted.has(error)) return;
        counted.add(error);
      }
      command(verb, error instanceof CaptureError ? error.code : 'bug');
    },
    acked: (after) => acks.observe(after / 1_000),
    slackCall: (method, outcome) => calls.inc({ method, outcome }),
    text: () => registry.metrics(),
  };
}
