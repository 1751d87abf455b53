import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { openOnDisk } from '../../src/capture/ondisk.ts';
import { openDatabase, registryFile } from '../../src/database.ts';

test('who waits for the disk waits together, and not for what began before they wrote', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'ondisk-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const database = openDatabase(directory);
  const onDisk = openOnDisk(registryFile(directory));
  const [first, together] = [onDisk(), onDisk()];
  assert.equal(first, together);
  await first;
  const later = onDisk();
  assert.notEqual(later, first);
  await later;
  await onDisk.close();
  database.close();
});

test('a disk that does not take it is told in words, and tried again', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'ondisk-test-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const onDisk = openOnDisk(registryFile(directory));
  await assert.rejects(onDisk(), {
    code: 'tool_failed',
    message: /^the disk does not take the registry .* \(ENOENT\)/,
  });
  const database = openDatabase(directory);
  await onDisk();
  await onDisk.close();
  database.close();
});
