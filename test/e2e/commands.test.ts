import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { putRingFile } from '../capture/pinned-ring.ts';
import { messageIn, openStage, shownTo } from './stage.ts';

test('every verb answers the one person who typed it, and says how it was understood', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, will, soc } = stage;
  const opened = Math.floor(Date.now() / 1_000) - 600;
  mkdirSync(stage.ring, { recursive: true });
  putRingFile(stage.ring, `daemonlogger.pcap.${opened}`, opened);
  await stage.openBot();
  for (const [words, answer, understood] of [
    ['', /What do you want to do/, null],
    ['help', /How to use capture/, null],
    ['HELP start', /How to use capture/, 'help start'],
    ['whoami', /You are grant, a lead/, null],
    ['start -d "first" udp port 41601', /Started c1: grant_first_/, "start -d first -e 'udp port 41601'"],
    ['list', /1 capture runs: c1/, null],
    ['list -v', /Capturing · first/, 'list -v'],
    ['Show C1', /Capturing · first/, 'show c1'],
    ['digest', /dmz-1, \w+day .*, so far: 1 capture started/, null],
    ['digest yesterday', /dmz-1, \w+day \d{4}-\d\d-\d\d: A quiet day/, null],
    ['stop first -v', /Stopped · first/, 'stop first -v'],
    ['get C1', /How to fetch c1: \/.*\.pcap/, 'get c1'],
    ['Verify First', /Nothing is wrong\. 1 savefile: 1 holds/, 'verify First'],
    ['–mf first', /Nothing is wrong/, 'verify first --hash'],
    ['list --all', /1 capture: c1/, 'list --all'],
    ['pin', /Nothing is pinned/, null],
    ['pin -d “open incident” --since 2h --for 3d', /Pinned p1: 1 ring file/, "pin -d 'open incident' --since 20"],
    ['unpin P1', /Released p1: 1 ring file/, 'unpin p1'],
  ] as const) {
    await workspace.as(grant).types(`/capture ${words}`, soc);
    const shown = JSON.stringify((await shownTo(stage, grant, answer)).blocks);
    if (understood !== null)
      assert.ok(shown.includes(`Understood as: /capture ${understood}`), `${understood} in ${shown}`);
    workspace.state.ephemerals.length = 0;
  }
  assert.deepEqual(workspace.ephemeralsFor(will), []);
  assert.equal(workspace.messagesIn(soc).length, 1);
  assert.ok(workspace.envelopes('slash_commands').every(({ ack }) => ack !== undefined));
});

test('what a phone makes of a command is understood', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture Start –d “shop & co” —case=INC-7 udp port 41602 and len > 3', soc);
  await messageIn(stage, soc, /Capturing · shop &amp; co/);
  const capture = engine.peek('c1');
  assert.equal(capture?.description, 'shop & co');
  assert.equal(capture?.case, 'INC-7');
  assert.equal(capture?.expression, 'udp port 41602 and len > 3');
});

test('what cannot be done is a sentence that says what to do instead', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc } = stage;
  await stage.openBot();
  for (const [words, answer] of [
    ['strat -d x -e everything', /did you mean \/capture start -d x -e everything\?/],
    ['lsit', /did you mean \/capture list\?/],
    [`start -d ${'x'.repeat(3_100)}`, /Not understood: .*expression/s],
    ['start --for', /-?-for has no value/],
    ['search --since soon', /'soon' is not a time/],
    ['start -d x -e "port 99999"', /Expression refused: .*illegal port/s],
    ['start -d x -e "host www.corp.example"', /Expression refused: .*address/s],
    ['start -d x -i eth9 -e everything', /eth9 is not an interface of this sensor/],
    ['start -d "open quote -e everything', /quote/],
    ['show c99', /Not found: there is no capture c99/],
    ['stop c99', /Not found/],
    ['get c99', /Not found: there is no capture c99/],
    ['verify nowhere', /Not found: no complete savefile matches/],
    ['index', /index is not for Slack/],
    ['search -d x --ring nope everything', /no ring nope here/],
    ['doctor --rebuild', /doctor takes --rebuild only in a shell/],
    ['digest 2026-02-30', /2026-02-30/],
  ] as const) {
    await workspace.as(grant).types(`/capture ${words}`, soc);
    await shownTo(stage, grant, answer);
    workspace.state.ephemerals.length = 0;
  }
  assert.deepEqual(await stage.engine.list({ all: true }, stage.lead), []);
  assert.deepEqual(workspace.messagesIn(soc), []);
});

test('words of a person stay words: no mention, no link, no shell', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "<!channel> $(id) ../../x 🐙" -e "udp port 41603"', soc);
  const message = await messageIn(stage, soc, /Capturing/);
  assert.match(message.text, /&lt;!channel&gt; \$\(id\)/);
  assert.equal(engine.peek('c1')?.description, '<!channel> $(id) ../../x 🐙');
  assert.ok(message.blocks.every((block) => block.type !== 'section'));
  await workspace.as(grant).types(`/capture start -d "${'x'.repeat(5_000)}" -e "udp port 41604"`, soc);
  await workspace.until(() => workspace.messagesIn(soc).length === 2, { timeoutMs: 20_000 });
});

test('details are shown to the one who clicks', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, maria, soc } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -d "in detail" -e "udp port 41605"', soc);
  const message = await messageIn(stage, soc, /Capturing · in detail/);
  await workspace.as(maria).clicks(message, 'capture_details');
  const shown = await shownTo(stage, maria, /Capturing · in detail/);
  assert.match(JSON.stringify(shown.blocks), /Interface/);
});
