import assert from 'node:assert/strict';
import { test } from 'node:test';
import { playRounds } from './killing/rounds.ts';

/** More of them find rarer instants: CAPTURE_ROUNDS=400, or rounds.ts, which prints more. */
const rounds = Number(process.env.CAPTURE_ROUNDS ?? 24);

test('whoever is killed, and whenever: one quiet process brings registry, processes, savefiles and audit log together again', {
  timeout: 3_600_000,
}, async (t) => {
  const tally = await playRounds({ rounds, withBot: Math.floor(rounds / 4), seed: 11 }, (line) => t.diagnostic(line));
  for (const line of tally.lines()) t.diagnostic(line);
  assert.deepEqual(tally.violations, []);
  assert.ok(tally.cutOff > 0 && tally.kills >= rounds / 4, `only ${tally.kills} kills met somebody alive`);
});
