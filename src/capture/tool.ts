import { type ChildProcess, spawn } from 'node:child_process';

/** How a tool came to its end, and what it said. */
export interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  /** It could not be started, ended with another status than 0, or was killed. */
  readonly failed: boolean;
  /** It was killed because it took longer than anybody may wait. */
  readonly timedOut: boolean;
  /** How it failed, in words; empty where it did not. */
  readonly shortMessage: string;
}

/** What a tool is given. */
export interface Given {
  /** Its stdin; nothing where it is left out. */
  readonly input?: Buffer | undefined;
  /** Milliseconds; then it is killed. */
  readonly patience?: number;
}

const running = new Set<ChildProcess>();
// None is of use to anybody once we are gone.
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/**
 * Runs a tool to its end; never throws for it. What execa does, for short commands: loading execa takes as long as a few of them run.
 */
export async function runTool(tool: string, words: readonly string[], { input, patience }: Given = {}): Promise<Ran> {
  const said = { stdout: '', stderr: '' };
  try {
    const child = spawn(tool, words, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
    running.add(child);
    let timedOut = false;
    const late =
      patience === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, patience);
    try {
      // One that ends before it has read its stdin says why itself.
      child.stdin?.on('error', () => undefined).end(input);
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream]?.setEncoding('utf8').on('data', (text: string) => {
          said[stream] += text;
        });
      const [status, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
        child.on('error', reject).on('close', (...ended) => resolve(ended));
      });
      const failed = status !== 0;
      return { ...said, failed, timedOut, shortMessage: failed ? `${tool} ended with ${signal ?? status}` : '' };
    } finally {
      clearTimeout(late);
      running.delete(child);
    }
  } catch (error) {
    const shortMessage = error instanceof Error ? error.message : String(error);
    return { ...said, failed: true, timedOut: false, shortMessage };
  }
}
