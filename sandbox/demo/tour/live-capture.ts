import { datagrams, ids, proofPort } from './proof.ts';
import type { Step } from './scene.ts';

/** A live capture is started from Slack, and packets are sent for it to catch. */
export const liveCapture: Step = {
  title: 'a live capture',
  async play(scene) {
    const { network } = scene.stage;
    const started = await scene.type(`/capture start -d 'traffic to shop' -e 'udp port ${proofPort}'`);
    scene.expectText('grant alone is told the name of the savefile', started, /Started c1\ngrant_traffic\.to\.shop_/);
    const message = await scene.message(ids.proof, /Capturing/);
    scene.expectText(
      '#soc has a message with a Stop button',
      scene.read(message),
      /Capturing · traffic to shop[\s\S]*\[Stop\]/,
    );
    const order = { count: datagrams.before, to: network.hosts.shop, port: proofPort, payload: 'proof' };
    const { received } = await network.traffic.send(order);
    scene.note(`${datagrams.before} datagrams were sent to ${network.hosts.shop} port ${proofPort}`);
    scene.expectEqual('datagrams that arrived there', received, datagrams.before);
    const list = await scene.type('/capture list');
    scene.expectText('the list has it, running', list, /1 capture runs\n.*c1 traffic to shop/);
  },
};
