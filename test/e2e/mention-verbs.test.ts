import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { formsAt } from '../../src/command/grammar.ts';
import { putRingFile } from '../capture/pinned-ring.ts';
import { openStage, shownTo } from './stage.ts';

test('every verb of Slack works by mention', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  const opened = Math.floor(Date.now() / 1_000) - 600;
  mkdirSync(stage.ring, { recursive: true });
  putRingFile(stage.ring, `daemonlogger.pcap.${opened}`, opened);
  await stage.openBot();
  const table = [
    ['help', /How to use capture/],
    ['whoami', /You are grant, a lead/],
    ['start -d "first" udp port 42812', /Started c1: grant_first_/],
    ['list', /1 capture runs: c1/],
    ['show c1', /Capturing · first/],
    ['extend c1 --for 1h', /Capturing · first/],
    ['keep c1', /Capturing · first/],
    ['digest', /so far: 1 capture started/],
    ['stop c1', /Stopped: c1/],
    ['get c1', /How to fetch c1: \/.*\.pcap/],
    ['verify c1', /Nothing is wrong\. 1 savefile: 1 holds/],
    ['search -d second --since 2h everything', /Started c2/],
    ['both -d third --since 2h udp port 42813', /Started c3/],
    ['pin -d “open incident” --since 2h', /Pinned p1: 1 ring file/],
    ['unpin p1', /Released p1: 1 ring file/],
    ['approve', /Nothing waits for approval/],
    ['deny a1', /a1/],
    ['audit --last 3', /Audit log: 3 entries, and \d+ more/],
    ['audit verify', /The audit log holds: \d+ entries/],
    ['doctor', /Something is broken: \d+ broken/],
  ] as const;
  const typed = new Set(table.map(([words]) => words.split(' ')[0]));
  assert.deepEqual(
    formsAt('slack')
      .map(({ verb }) => verb)
      .filter((verb) => !typed.has(verb)),
    [],
    'verbs that are not in the table',
  );
  for (const [words, answer] of table) {
    await workspace.as(grant).mentions(words, soc);
    const shown = await shownTo(stage, grant, answer);
    assert.equal(shown.threadTs, undefined);
    assert.equal(workspace.ephemeralsFor(grant.id).length, 1, `one answer to ${words}`);
    workspace.state.ephemerals.length = 0;
  }
  assert.ok(workspace.envelopes('events_api').every(({ ack }) => ack !== undefined));
});
