import { line, type Screen } from '../screen/screen.ts';
import { Seat } from '../seat.ts';
import type { Stage } from '../stage.ts';
import { botKilled } from './bot-killed.ts';
import { dailyDigest } from './daily-digest.ts';
import { liveCapture } from './live-capture.ts';
import { refusals } from './refusals.ts';
import { Scene, type Step } from './scene.ts';
import { searchPast } from './search-past.ts';
import { atTheShell } from './shell-session.ts';
import { stopButton } from './stop-button.ts';
import { whoAmI } from './who-am-i.ts';

const steps: readonly Step[] = [
  whoAmI,
  liveCapture,
  botKilled,
  stopButton,
  atTheShell,
  searchPast,
  refusals,
  dailyDigest,
];

/** Plays the tour; 0 when each step did what it should, else 1. */
export async function runTour(stage: Stage, screen: Screen, signal: AbortSignal): Promise<number> {
  const began = Date.now();
  const seat = new Seat(stage);
  const stopLooking = seat.look(screen);
  const failed: string[] = [];
  try {
    for (const [at, step] of steps.entries()) {
      signal.throwIfAborted();
      screen.print(line(''), line(`== ${at + 1} of ${steps.length}: ${step.title}`, 'strong'));
      const scene = new Scene({ stage, seat, screen });
      await step
        .play(scene)
        .catch((error: unknown) => scene.fail(error instanceof Error ? error.message : String(error)));
      if (scene.failures > 0) failed.push(String(at + 1));
    }
  } finally {
    stopLooking();
  }
  const became =
    failed.length === 0
      ? 'all did what they should'
      : `${failed.length} did not do what they should: ${failed.join(', ')}`;
  const seconds = Math.round((Date.now() - began) / 1_000);
  screen.print(
    line(''),
    line(`tour: ${steps.length} steps, ${became} (${seconds} s)`, failed.length === 0 ? 'good' : 'bad'),
  );
  return failed.length === 0 ? 0 : 1;
}
