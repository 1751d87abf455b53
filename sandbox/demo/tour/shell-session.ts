import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ids } from './proof.ts';
import { recordsOf } from './records.ts';
import type { Scene, Step } from './scene.ts';

/** The same engine through the other door, with the flags of the original script. */
export const atTheShell: Step = {
  title: 'at the shell of the sensor',
  async play(scene) {
    const { dnsPort } = scene.stage.network.hosts;
    const started = await scene.run(`capture -a grant -d 'names asked for' -e 'udp port ${dnsPort}'`);
    scene.expectText('start prints the savefile', started.stdout, /^Started: grant_names\.asked\.for_\S+_\.pcap$/);
    const listed = await scene.run('capture -l');
    scene.expectText(
      '-l prints analyst, time and description',
      listed.stdout,
      /^grant \w{3} \w{3} \d\d [\d:]{8} \d{4} names asked for$/,
    );
    await untilItHasPackets(scene);
    const stopped = await scene.run('capture -svf names');
    scene.expectText(
      '-svf stops it and prints the facts',
      stopped.stdout,
      /^Stopped: [\s\S]*0 dropped by kernel[\s\S]*Capture file info:/,
    );
    const [, told] = /Number of packets:\s+(\d+)/.exec(stopped.stdout) ?? [];
    const { path } = (await scene.ask(['show', ids.names])) as { path: string };
    scene.expectEqual('packets told and in the savefile', Number(told), recordsOf(await readFile(path)).length);
  },
};

/** Names are asked for each second; a capture of none would prove little. */
async function untilItHasPackets(scene: Scene): Promise<void> {
  const { path } = (await scene.ask(['show', ids.names])) as { path: string };
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await readFile(path)).length > 24) return;
    await delay(100);
  }
  throw new Error('nobody asked for a name within ten seconds');
}
