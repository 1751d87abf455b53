import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pcap } from '../capture/pcaps.ts';
import { fifteen } from '../capture/tagged.ts';
import { messageIn, openStage, replyTo, shownTo } from './stage.ts';

test('in Slack an analyst is told of the expansion and of every other warning, and the message says what is matched', async (t) => {
  const stage = await openStage(t);
  const { workspace, will, soc, engine, ring } = stage;
  const frames = fifteen({ shop: '192.0.2.7', client: '198.51.100.10' });
  await stage.openBot();
  mkdirSync(ring);
  writeFileSync(join(ring, 'daemonlogger.pcap.1'), pcap(frames.map((frame, at) => ({ at: at + 1, frame }))));
  const says = (words: string) => workspace.as(will).types(`/capture ${words}`, soc);
  const matched = 'matched behind one VLAN tag and behind two as well';

  await says("search -d 'fifteen' -e 'udp port 9996'");
  await shownTo(stage, will, /Started c1.*1 warning about c1: the ring dmz \(lo\) carries VLAN tags: /);
  const message = await messageIn(stage, soc, /Searched.* · fifteen/);
  assert.ok(JSON.stringify(message.blocks).includes(matched));
  await replyTo(stage, message, /c1: .*Searched/);
  assert.equal(engine.peek('c1')?.packets, 15);

  await says("start -d 'exactly' --exact -e 'udp port 9996'");
  await shownTo(
    stage,
    will,
    /Started c2.*1 warning about c2: lo carries VLAN tags, .* it misses packets with two tags/,
  );
  const exact = await messageIn(stage, soc, /Capturing.* · exactly/);
  await replyTo(stage, exact, /1 warning about c2: lo carries VLAN tags/);
  assert.ok(!JSON.stringify(exact.blocks).includes(matched));

  await says("start -d 'same' -e 'udp port 9996 and host 10.1'");
  await shownTo(
    stage,
    will,
    /2 warnings about c3: 10\.1 as a host is the whole net 10\.1\.0\.0\/16.* lo carries VLAN tags: /,
  );
  await says("start -d 'again' -e 'udp port 9996 and host 10.1'");
  await shownTo(stage, will, /3 warnings about c4: .*c3 of will captures the same expression on lo already/);
  await says("start -d 'all' -e everything");
  await shownTo(stage, will, /1 warning about c5: this captures everything/);
});
