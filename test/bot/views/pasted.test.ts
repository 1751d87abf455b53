import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { blockErrors } from '../../../sandbox/workspace/blocks/check.ts';
import { viewErrors } from '../../../sandbox/workspace/blocks/view-check.ts';

const here = import.meta.dirname;
const views = join(here, '../../../src/bot/views');

test('each golden file is what Block Kit Builder takes when it is pasted whole', () => {
  const files = globSync(join(here, 'golden/*.json'));
  assert.ok(files.length > 60, 'the files were found');
  for (const file of files) {
    const pasted = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    if (pasted.type === 'modal' || pasted.type === 'home') {
      assert.deepEqual(viewErrors(pasted, pasted.type), [], basename(file));
    } else {
      // A message has no type, and Block Kit Builder takes none of its other arguments.
      assert.deepEqual(Object.keys(pasted), ['blocks'], basename(file));
      assert.deepEqual(blockErrors(pasted.blocks, 'message'), [], basename(file));
    }
  }
});

test('each view that the bot can show is held against Slack’s limits with hostile words', () => {
  const shown = globSync(join(views, '*.ts')).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^export function (\w+(?:View|Modal))\b/gm)].map((found) => found[1] ?? ''),
  );
  assert.ok(shown.length > 20, 'the views were found');
  // A golden view shows ordinary words: it is no proof.
  const held = globSync(join(here, '*.ts'))
    .filter((file) => !['golden.test.ts', 'samples.ts', 'pasted.test.ts'].includes(basename(file)))
    .map((file) => readFileSync(file, 'utf8').replaceAll(/^import[^;]*;/gms, ''))
    .join('\n');
  assert.deepEqual(
    shown.filter((view) => !new RegExp(`\\b${view}\\(`).test(held)),
    [],
    'views that neither every-view.ts nor a test beside it calls',
  );
});
