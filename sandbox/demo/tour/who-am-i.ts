import type { Step } from './scene.ts';

/** The sensor knows the person by their Slack user, and shows what can be typed. */
export const whoAmI: Step = {
  title: 'who am I, and what can I type?',
  async play(scene) {
    const who = await scene.type('/capture whoami');
    scene.expectText('the bot knows grant as a lead, by his Slack user', who, /You are grant, a lead[\s\S]*U024BE7LH/);
    const help = await scene.type('/capture help');
    scene.expectText('help shows lines to copy', help, /\/capture start -d/);
  },
};
