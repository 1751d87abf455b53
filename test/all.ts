import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';

// npm run test:all: every test file, as many at once as there are processors, each in a network namespace of its own: whatever captures
// on lo, or listens on a port, meets nobody else's packets. Where namespaces are not permitted, one file after the other.
const home = resolve(import.meta.dirname, '..');
const files = globSync('test/**/*.test.ts', { cwd: home }).sort();
/** What strikes at instants or tells how long something takes must not wait for others. */
const isAlone = (file: string) =>
  /^test\/(faults|doctor|supervisor)\/|^test\/capture\/(killed|supervision|vlan-known)\./.test(file);
/** The whole product, which mostly waits: beside one another, and not beside what computes. */
const isStory = (file: string) => /^test\/e2e\//.test(file);

const apart = join(home, 'test/apart.sh');
const permitted = spawnSync(apart, ['--version']).status === 0;
// What the runner starts for each file.
if (permitted) process.execPath = apart;

const atOnce = permitted ? availableParallelism() : 1;
const together = await passes(
  files.filter((file) => !isAlone(file) && !isStory(file)),
  atOnce,
);
const stories = await passes(files.filter(isStory), atOnce);
const alone = await passes(files.filter(isAlone), 1);
process.exitCode = together && stories && alone ? 0 : 1;

/** @param atOnce how many files */
async function passes(some: readonly string[], atOnce: number): Promise<boolean> {
  let success = false;
  const tests = run({ files: some.map((file) => join(home, file)), cwd: home, concurrency: atOnce, timeout: 180_000 });
  tests.on('test:summary', (summary) => {
    // Each file has one, too.
    if (summary.file === undefined) success = summary.success;
  });
  for await (const line of tests.compose(spec)) process.stdout.write(line);
  return success;
}
