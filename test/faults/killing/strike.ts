import type { ChildProcess } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { type Installation, type Known, killSupervisors } from './installation.ts';
import { afterTrace } from './pace.ts';
import type { Door, Phase, Round } from './plan.ts';
import type { Field } from './round.ts';

/** Nobody waits longer for what a killed process left undone: the quiet one will see to it. Milliseconds. */
const patience = 6_000;

/** Hands over the shell that carries out an order, so that it can be killed. */
export type Watched = (shell: ChildProcess) => ChildProcess;

/** Does a phase of a round, and kills its victim meanwhile if this is the phase for it. */
export async function struck(
  field: Field,
  { round, phase, description }: { readonly round: Round; readonly phase: Phase; readonly description: string },
  act: (shell: Watched) => Promise<Door | 'limit'>,
): Promise<void> {
  const began = performance.now();
  if (round.phase !== phase) {
    const door = await act((shell) => shell);
    field.pace.took(phase, door, performance.now() - began);
    return;
  }
  let own: ChildProcess | undefined;
  const watched: Watched = (shell) => {
    own = shell;
    return shell;
  };
  // Nobody's shell has anything to do with what runs, but those that look.
  if (phase === 'running' && round.victim === 'shell') watched(field.installation.shell('list', '-v'));
  let over = false;
  const strike = (async () => {
    await instant(field, { round, phase, description }, () => over);
    field.tally.kill(round.victim, phase, await kill(field, round, own));
  })();
  await act(watched);
  over = true;
  await strike;
}

/** Not a wait for something: the instant is the test. */
async function instant(
  { installation, pace }: Field,
  { round, phase, description }: { readonly round: Round; readonly phase: Phase; readonly description: string },
  isOver: () => boolean,
): Promise<void> {
  const door = phase === 'start' ? round.startBy : phase === 'stop' ? round.endBy : 'shell';
  if (round.from === 'order' || phase === 'running') return pause(round.at * pace.of(phase, door));
  // However long Node takes to come up on a busy machine.
  while (!isOver() && !hasTrace(phase, installation.known(description))) await pause(10);
  return pause(round.at * afterTrace[phase]);
}

function hasTrace(phase: Phase, known: Known | undefined): boolean {
  return known !== undefined && (phase === 'start' || known.state !== 'running');
}

async function kill({ engine, installation }: Field, { victim }: Round, shell: ChildProcess | undefined) {
  if (victim === 'engine') return engine.kill();
  if (victim === 'supervisor') {
    // A start leaves one as its last act, and Node takes a while to come up.
    const giveUp = Date.now() + patience;
    while (killSupervisors(installation) === 0) {
      if (Date.now() > giveUp) return false;
      await pause(10);
    }
    return true;
  }
  return shell !== undefined && shell.exitCode === null && shell.kill('SIGKILL');
}

/** The capture once it is as looked for; as it is, or undefined, when that does not come. */
export async function seen(
  installation: Pick<Installation, 'known'>,
  description: string,
  as: (known: Known) => boolean,
) {
  const giveUp = Date.now() + patience;
  for (;;) {
    const known = installation.known(description);
    if (known !== undefined && as(known)) return known;
    if (Date.now() > giveUp) return known;
    await pause(10);
  }
}
