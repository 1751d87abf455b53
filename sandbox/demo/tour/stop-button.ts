import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { datagrams, ids, proofPort } from './proof.ts';
import { recordsOf } from './records.ts';
import type { Step } from './scene.ts';

type Shown = {
  path: string;
  packets: number;
  sha256: string;
  counts: { captured: number; droppedByKernel: number };
};

/** The capture is stopped by its button, through a bot that did not start it: same message, every packet. */
export const stopButton: Step = {
  title: 'stopped by the button: every packet that was sent',
  async play(scene) {
    const { workspace, cast } = scene.stage;
    const before = await scene.message(ids.proof, /Capturing/);
    await scene.press('Stop');
    const message = await scene.message(ids.proof, /Stopped/);
    scene.expect('the same message now says that it was stopped', message.ts === before.ts, () => 'another one');
    const thread = () => workspace.threadOf(cast.soc, message.ts).find((reply) => /Stopped/.test(reply.text));
    const ending = await scene.soon('the ending in the thread', thread);
    const sent = datagrams.before + datagrams.whileDead;
    scene.expectText('its thread has the counts', scene.read(ending), /750 captured, .*0 dropped by kernel/);

    const shown = (await scene.ask(['show', ids.proof])) as Shown;
    scene.expectEqual('packets captured equal those that the generator sent', shown.packets, sent);
    scene.expectEqual('tcpdump itself counted', shown.counts.captured, sent);
    const savefile = await readFile(shown.path);
    const numbers = recordsOf(savefile).map(({ bytes }) => Number(bytes.subarray(-6)));
    const expected = [...upTo(datagrams.before), ...upTo(datagrams.whileDead)];
    const same = numbers.join() === expected.join();
    scene.expect(`each datagram to port ${proofPort} is in the savefile, once and in order`, same, () =>
      numbers.join(),
    );
    const sha256 = createHash('sha256').update(savefile).digest('hex');
    scene.expectEqual('the digest in the registry is the savefile’s', shown.sha256.slice(0, 16), sha256.slice(0, 16));
  },
};

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at + 1);
}
