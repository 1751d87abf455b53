import { oneOf, randomFrom } from '../../../sandbox/ring/random.ts';

export type Victim = 'shell' | 'engine' | 'supervisor' | 'bot';
export type Phase = 'start' | 'running' | 'stop';
export type Door = 'shell' | 'engine';

/** One capture's life, and the kill that meets it. */
export interface Round {
  readonly victim: Victim;
  readonly phase: Phase;
  /** Whether the instant is counted from the order, or from its first trace in the registry: what follows that is more delicate. */
  readonly from: 'order' | 'trace';
  /** The instant, in what the phase takes when nobody is killed; some lie behind its end. */
  readonly at: number;
  readonly startBy: Door;
  /** `limit`: nobody stops it, its time is over. */
  readonly endBy: Door | 'limit';
  readonly packets: number;
  /** When it begins, after the batch. Milliseconds. */
  readonly after: number;
}

/** Rounds that are played side by side in an installation of their own. */
export interface Batch {
  readonly seed: number;
  readonly rounds: readonly Round[];
  /** Whether a killed engine process comes back, as under systemd; else nobody looks after what it left but shells and supervisors. */
  readonly comesBack: boolean;
  /** Whether the engine process supervises, too; else supervisors are left by each start, as with the bot. */
  readonly supervises: boolean;
}

const latest = 1.15;
/** Rounds begin within this time, so that they do not only wait for each other's processor. Milliseconds. */
const spread = 4_000;

/** The same batch for the same seed; the instants are as exact as the machine allows. */
export function planBatch(seed: number, size: number): Batch {
  const random = randomFrom(seed);
  const comesBack = random() < 0.6;
  const supervises = random() < 0.4;
  return { seed, comesBack, supervises, rounds: Array.from({ length: size }, () => planRound(random, supervises)) };
}

function planRound(random: () => number, supervises: boolean): Round {
  // Where the engine process supervises, nobody leaves a supervisor.
  const victim = oneOf(random, supervises ? ['shell', 'engine'] : ['shell', 'shell', 'engine', 'supervisor']);
  const phase = oneOf(random, ['start', 'start', 'running', 'stop', 'stop']);
  const door = oneOf(random, ['shell', 'engine']);
  const ends = random() < 0.2 ? 'limit' : oneOf(random, ['shell', 'engine']);
  return {
    victim,
    phase,
    from: oneOf(random, ['order', 'trace', 'trace']),
    at: random() * latest,
    startBy: victim !== 'supervisor' && phase === 'start' ? victim : door,
    endBy: victim !== 'supervisor' && phase === 'stop' ? victim : ends,
    after: random() * spread,
    packets: 1 + Math.floor(random() * 40),
  } as Round;
}
