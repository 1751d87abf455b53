import assert from 'node:assert/strict';
import { test } from 'node:test';
import { play } from './play.ts';

/** Another seed searches further: `node test/fuzz/files.ts --files 100000 --seed 7`. */
test('no damage to a file throws where it is read, and who reads it agrees with the others and with tcpdump -r', async (t) => {
  const tally = await play({ files: 500, compared: 100, seed: 20_261_124 });
  t.diagnostic(`${tally.files} files, ${tally.scanned} scanned, ${tally.compared} compared with tcpdump -r`);
  assert.deepEqual(tally.wrong, []);
  assert.ok(tally.scanned > 250, `${tally.scanned} scanned`);
  assert.ok(tally.compared > 10, `${tally.compared} compared`);
  assert.ok(tally.grown < 200e6, `grew by ${tally.grown} bytes`);
});
