import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { openInstallation } from './installation.ts';
import { type Held, median, spread } from './promise.ts';

const captures = 100_000;
const running = 3;
const repetitions = 40;

/**
 * What `capture -l` costs beside the shortest thing that Node does, with 100,000 captures in the registry and three of them running: as
 * people type it, /bin/sh and all.
 */
export async function list(): Promise<Held> {
  const installation = await openInstallation(captures);
  const { engine, lead, config } = installation;
  try {
    for (let one = 0; one < running; one += 1)
      await engine.start({ description: `list ${one}`, expression: `udp port ${9_000 + one}` }, lead);
    const capture = join(import.meta.dirname, '../bin/capture');
    const commands = {
      node: [process.execPath, '-e', '0'],
      capture: [capture, '--config', config.file, '-l'],
    };
    // The first ones fill what later ones read: the configuration's check, the supervisor that looks after what runs.
    for (let one = 0; one < 3; one += 1) for (const command of Object.values(commands)) timed(command);
    const [node, listed] = [new Times(), new Times()];
    for (let one = 0; one < repetitions; one += 1) {
      node.add(timed(commands.node));
      listed.add(timed(commands.capture));
    }
    const limit = 1.5 * median(node.wall) + 50;
    return {
      promise: '`capture -l` with 100,000 captures costs at most 1.5 times `node -e 0` plus 50 ms',
      found: [
        `node -e 0: ${node.inWords()}`,
        `bin/capture -l: ${listed.inWords()}`,
        `at most ${limit.toFixed(0)} ms; it is ${(median(listed.wall) / median(node.wall)).toFixed(2)} times node -e 0`,
      ],
      holds: median(listed.wall) <= limit,
    };
  } finally {
    await installation.close();
  }
}

interface Time {
  /** Milliseconds, as are the others. */
  readonly wall: number;
  readonly cpu: number;
}

class Times {
  readonly wall: number[] = [];
  readonly cpu: number[] = [];

  add({ wall, cpu }: Time): void {
    this.wall.push(wall);
    this.cpu.push(cpu);
  }

  inWords(): string {
    return `${spread(this.wall, 'ms')} (CPU ${spread(this.cpu, 'ms')})`;
  }
}

/** bash's own times of a command: Node does not tell what a child that has ended took. */
export function timed(command: readonly string[]): Time {
  const script = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&3; } 3>&2 2>&1';
  const [wall = 0, user = 0, system = 0] = execFileSync('bash', ['-c', script, 'bench', ...command], {
    encoding: 'utf8',
  })
    .trim()
    .split(' ')
    .map((seconds) => Number(seconds) * 1_000);
  return { wall, cpu: user + system };
}
