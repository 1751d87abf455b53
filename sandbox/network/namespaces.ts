import { setTimeout as delay } from 'node:timers/promises';
import { execa } from 'execa';
import { isAlive, type Owner } from './owner.ts';

/** Two network namespaces joined by a veth pair: the sensor's, with the tapped end, and the peer's, with the hosts. */
export type NamespacePair = { sensor: string; peer: string };

/** The names `capture-NAME-PID-STARTTICKS-N-s` and `-p`: they say whose they are, so that a later run can clean up. */
export function pairName(name: string, owner: Owner, ordinal: number): NamespacePair {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name))
    throw new Error(`a network's name is lower-case letters, digits and -: ${name}`);
  const stem = `capture-${name}-${owner.pid}-${owner.startTicks}-${ordinal}`;
  return { sensor: `${stem}-s`, peer: `${stem}-p` };
}

/** Ends what runs in the two namespaces (TERM, after two seconds KILL) and removes them; one already gone is fine. */
export async function removePair(pair: NamespacePair): Promise<void> {
  const names = await namespaces();
  await remove([pair.sensor, pair.peer].filter((name) => names.includes(name)));
}

/** Removes the namespaces whose owner no longer runs, and returns their names. */
export async function removeStale(): Promise<string[]> {
  const stale = (await namespaces()).filter((name) => {
    const owner = ownerOf(name);
    return owner !== undefined && !isAlive(owner);
  });
  await remove(stale);
  return stale;
}

/** Ends all of them first: a tcpdump whose interface disappears, since the other end of the pair is gone, fails. */
async function remove(names: readonly string[]): Promise<void> {
  await Promise.all(names.map(endAllIn));
  await Promise.all(names.map(removeEmpty));
}

async function endAllIn(name: string): Promise<void> {
  const patience = Date.now() + 2_000;
  for (let pids = await pidsIn(name); pids.length > 0; pids = await pidsIn(name)) {
    signalAll(pids, Date.now() < patience ? 'SIGTERM' : 'SIGKILL');
    await delay(20);
  }
}

async function removeEmpty(name: string): Promise<void> {
  const deleted = await execa('ip', ['netns', 'delete', name], { reject: false });
  // Two runs may clean up the same stale name at once: gone is what was wanted.
  if (deleted.failed && (await namespaces()).includes(name)) {
    throw new Error(`cannot remove the network namespace ${name}: ${deleted.stderr}`);
  }
}

async function namespaces(): Promise<string[]> {
  const { stdout } = await execa('ip', ['netns', 'list']);
  return stdout.split('\n').flatMap((line) => line.split(' ')[0] || []);
}

/** The pids in a namespace; none once it is gone. */
async function pidsIn(name: string): Promise<number[]> {
  const { stdout } = await execa('ip', ['netns', 'pids', name], { reject: false });
  return stdout.split('\n').filter(Boolean).map(Number);
}

function signalAll(pids: number[], signal: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It ended between the listing and the signal.
    }
  }
}

function ownerOf(name: string): Owner | undefined {
  const match = /^capture-[a-z][a-z0-9-]*-(\d+)-(\d+)-\d+-[sp]$/.exec(name);
  return match?.[1] && match[2] ? { pid: Number(match[1]), startTicks: match[2] } : undefined;
}
