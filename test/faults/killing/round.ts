import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { InCharge } from './in-charge.ts';
import type { Installation, Known } from './installation.ts';
import type { Pace } from './pace.ts';
import type { Round } from './plan.ts';
import { seen, struck, type Watched } from './strike.ts';
import type { Tally } from './tally.ts';
import { sendTo, target } from './traffic.ts';

/** What the rounds of a batch share. */
export interface Field {
  readonly installation: Installation;
  readonly engine: InCharge;
  readonly socket: Socket;
  readonly pace: Pace;
  readonly tally: Tally;
  /** Packets that were sent while it surely ran, by the capture's id. */
  readonly sent: Map<string, number>;
}

const limit = 2_000;
const firstPort = 30_000;

/** Starts a capture, sends packets, ends it, and kills somebody at one instant of that. */
export async function playRound(field: Field, round: Round, at: number): Promise<void> {
  const { installation, tally } = field;
  const [description, port] = [`round ${at}`, firstPort + at];
  tally.rounds += 1;
  await pause(round.after);
  await starting(field, round, { description, expression: `dst host ${target} and udp port ${port}` });
  const begun = await seen(installation, description, ({ state }) => state !== 'starting');
  if (begun?.state !== 'running') return;
  await struck(field, { round, phase: 'running', description }, () => running(field, round, begun, description, port));
  await struck(field, { round, phase: 'stop', description }, (shell) =>
    ending(field, round, begun, description, shell),
  );
}

async function starting(field: Field, round: Round, what: { description: string; expression: string }): Promise<void> {
  const { installation, engine } = field;
  const duration = round.endBy === 'limit' ? limit : undefined;
  await struck(field, { round, phase: 'start', description: what.description }, async (shell) => {
    if (round.startBy === 'engine' && engine.child().isAlive()) {
      told(
        field,
        await engine.child().order({ verb: 'start', id: '', ...what, ...(duration !== undefined && { duration }) }),
      );
      return 'engine';
    }
    const limits = duration === undefined ? [] : ['--for', `${duration / 1_000}s`];
    told(
      field,
      await over(shell(installation.shell('start', '-d', what.description, '-e', what.expression, ...limits))),
    );
    return 'shell';
  });
}

async function running(field: Field, round: Round, { id }: Known, description: string, port: number) {
  const { socket, installation, sent, tally } = field;
  await sendTo(socket, port, round.packets);
  if (installation.known(description)?.state === 'running') {
    sent.set(id, round.packets);
    tally.packets += round.packets;
  }
  return 'limit' as const;
}

async function ending(field: Field, round: Round, { id }: Known, description: string, shell: Watched) {
  const { installation, engine } = field;
  if (round.endBy === 'limit') {
    await seen(installation, description, ({ state }) => state !== 'running' && state !== 'stopping');
    return 'limit';
  }
  if (round.endBy === 'engine' && engine.child().isAlive()) {
    told(field, await engine.child().order({ verb: 'stop', id, description, expression: '' }));
    return 'engine';
  }
  told(field, await over(shell(installation.shell('stop', id))));
  return 'shell';
}

/** An order that nobody killed is carried out: there is no reason to refuse one here. */
function told({ tally }: Field, refused: string | null): void {
  if (refused !== null && refused !== 'killed') tally.violations.push(`an order was refused: ${refused}`);
}

/** Resolves with what a shell complained of when it failed by itself, `killed` when it was. */
async function over(shell: ChildProcess): Promise<string | null> {
  const said: string[] = [];
  shell.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const [code, signal] =
    shell.exitCode === null && shell.signalCode === null
      ? await once(shell, 'close')
      : [shell.exitCode, shell.signalCode];
  return signal !== null ? 'killed' : code === 0 ? null : said.join('').trim();
}
