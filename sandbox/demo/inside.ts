import type { Network } from '../network/network.ts';
import { deadDirectories, freshDirectory, removeDirectory } from './directory.ts';
import { endOnSignals } from './ending.ts';
import { runPrompt } from './prompt/prompt.ts';
import { line, Screen } from './screen/screen.ts';
import { openStage } from './stage.ts';
import { runTour } from './tour/tour.ts';
import { invitation, whereabouts } from './whereabouts.ts';

/**
 * The demo on the sensor's side of the wire: starts everything, hands it to the prompt or the tour, and ends everything.
 * Resolves to the exit code.
 */
export async function runInsideNetwork(network: Network, how: 'prompt' | 'tour'): Promise<number> {
  const screen = new Screen(process.stdout);
  const over = endOnSignals();
  for (const left of await deadDirectories()) await removeDirectory(left);
  const directory = await freshDirectory();
  let code = 1;
  try {
    code = await play({ network, directory, screen, how, signal: over });
  } catch (error) {
    if (!over.aborted) throw error;
    code = how === 'tour' ? 130 : 0;
  } finally {
    if (code === 0 || over.aborted) await removeDirectory(directory);
    else screen.print(line(`${directory} is kept until the next demo: bot.log says more`, 'quiet'));
  }
  return code;
}

type Play = { network: Network; directory: string; screen: Screen; how: 'prompt' | 'tour'; signal: AbortSignal };

async function play({ network, directory, screen, how, signal }: Play): Promise<number> {
  const say = (words: string) => screen.print(line(`demo: ${words}`, 'quiet'));
  const stage = await openStage({ network, directory, environment: process.env, say, signal });
  try {
    screen.print(...whereabouts(stage));
    if (how === 'tour') return await runTour(stage, screen, signal);
    screen.print(...invitation(stage));
    await runPrompt(stage, screen, signal);
    return 0;
  } finally {
    say('stopping captures, bot, daemonlogger and traffic');
    await stage.close();
  }
}
