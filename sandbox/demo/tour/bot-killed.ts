import { datagrams, ids, proofPort } from './proof.ts';
import type { Step } from './scene.ts';

/** The bot is killed while the capture runs; the capture goes on without it. */
export const botKilled: Step = {
  title: 'the bot is killed; the capture goes on',
  async play(scene) {
    const { stage } = scene;
    const bot = stage.bot();
    scene.note(`$ kill -9 ${bot.pid}`);
    await bot.kill();
    scene.expectEqual('the bot is dead', await bot.ended, 'SIGKILL');
    const answer = await scene.type('/capture list');
    scene.expectText('Slack says that nobody answers', answer, /dispatch_failed/);

    const order = { count: datagrams.whileDead, to: stage.network.hosts.shop, port: proofPort, payload: 'proof' };
    await stage.network.traffic.send(order);
    scene.note(`${order.count} more datagrams were sent meanwhile`);
    const { stdout } = await scene.run('capture list');
    scene.expectText('the shell on the sensor still lists the capture', stdout, /^grant .* traffic to shop$/);

    const restarted = await stage.restartBot();
    scene.note(`the bot runs again, pid ${restarted.pid}`);
    // It may tell first of an order that the killed one had under way.
    const list = await scene.type('/capture list', /capture runs/);
    scene.expectText('the new bot knows the capture, still running', list, /c1 traffic to shop · Capturing/);
    scene.expectEqual('messages about it in #soc', scene.messagesAbout(ids.proof).length, 1);
  },
};
