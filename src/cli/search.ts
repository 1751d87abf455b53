import type { Capture, State } from '../capture/capture.ts';
import type { BothOrder, BothStep, SearchOrder, SearchStep } from '../capture/orders.ts';
import { ringsInWords } from '../reports/span.ts';
import { exits } from './exits.ts';
import { captureJson, type Json, progressJson, ringFileJson, wholeJson } from './json.ts';
import { mayBegin } from './preflight.ts';
import { progressLine } from './progress.ts';
import type { Session } from './session.ts';
import { tellStarted } from './started.ts';
import { asksFirst } from './waiting.ts';
import { foundLines, joinedLines } from './whole.ts';

/** A terminal shows no more changes a second than a person can read. */
const rewriteEvery = 100;

/**
 * Searches and shows how far it is. An interrupt, a hang-up or a reader of stdout that goes away cancels it, which keeps what was merged.
 * @returns 0 when it finished, 130 when it was cancelled by whomever or the person did not want it after all, 69 when it failed
 * @throws CaptureError as `engine.search`; `bad_request` where it is too large to begin unasked, and nobody is there to be asked
 */
export async function search(order: SearchOrder, session: Session): Promise<number> {
  if (!(await mayBegin({ verb: 'search', order }, session))) return exits.cancelled.status;
  return follow(session, (signal) => session.engine.search(order, session.actor, signal));
}

/**
 * Starts a live capture, then searches the ring up to it as `search` does; what ends the search leaves the capture running.
 * @returns as `search`
 * @throws CaptureError as `engine.both`
 */
export async function both(order: BothOrder, session: Session): Promise<number> {
  if (!(await mayBegin({ verb: 'both', order }, session))) return exits.cancelled.status;
  if (await asksFirst({ verb: 'both', order }, session)) return exits.waits.status;
  return follow(session, (signal) => session.engine.both(order, session.actor, signal));
}

/** Shows the steps of a search, or of both, as `search` does. @throws CaptureError as the steps do */
export async function follow(
  session: Session,
  stepsUntil: (stop: AbortSignal) => AsyncIterable<BothStep>,
): Promise<number> {
  const { engine, output, json, deaf, now } = session;
  const interrupted = new AbortController();
  const interrupt = () => {
    // Who interrupts again wants out at once.
    if (interrupted.signal.aborted) process.exit(exits.cancelled.status);
    interrupted.abort();
  };
  const signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // Not once(): execa would take a process without listeners for one that is to die of the signal.
  for (const signal of signals) process.on(signal, interrupt);
  const began = now();
  let shown = 0;
  let last: Capture | undefined;
  try {
    for await (const step of stepsUntil(AbortSignal.any([interrupted.signal, deaf]))) {
      if (step.step === 'started') {
        tellStarted(step, session);
        continue;
      }
      last = step.capture;
      if (json) output.json(lineOf(step, session));
      switch (step.step) {
        case 'waiting':
          if (!json) output.rewrite('Waiting until the logger has written what came before it');
          break;
        case 'planned':
          if (output.terminal && !json) output.note(howToEnd(step.capture));
          if (!json) output.lines([`Generating ${step.capture.savefile}`]);
          for (const warning of step.warnings) output.note(`Warning: ${warning}`);
          break;
        case 'reached':
          if (json || now() - shown < rewriteEvery) break;
          shown = now();
          output.rewrite(
            progressLine({ progress: step.progress, elapsed: shown - began, ...session, columns: output.columns }),
          );
          break;
        case 'troubled':
          // The coverage statement at the end has a line for it.
          break;
        case 'ended':
          if (!json) output.lines(foundLines(step.capture, engine.coverage(step.capture.id)));
          break;
        case 'joined':
          if (!json) output.lines(joinedLines(step.capture));
          break;
        case 'not joined':
          if (!json) output.note(`Join: ${step.why}`);
          break;
        default:
          step satisfies never;
      }
    }
  } finally {
    for (const signal of signals) process.off(signal, interrupt);
  }
  return exitOf(last?.state);
}

function howToEnd(capture: Capture): string {
  const { id } = capture;
  return `${id} searches the ${ringsInWords(capture)}: Ctrl-C, or capture stop ${id}, ends it and keeps what was found`;
}

function lineOf(step: SearchStep, { engine }: Session): Json {
  switch (step.step) {
    case 'waiting':
      return captureJson(step.capture);
    case 'planned':
      return { ...captureJson(step.capture), warnings: step.warnings };
    case 'reached':
      return { ...captureJson(step.capture), progress: progressJson(step.progress) };
    case 'troubled':
      return { ...captureJson(step.capture), ringFile: ringFileJson(step.file) };
    case 'joined':
    case 'ended':
      return wholeJson(step.capture, engine.coverage(step.capture.id));
    case 'not joined':
      return { ...captureJson(step.capture), notJoined: step.why };
    default:
      return step satisfies never;
  }
}

function exitOf(state: State | undefined): number {
  if (state === 'finished') return exits.done.status;
  return (state === 'cancelled' ? exits.cancelled : exits.tool_failed).status;
}
