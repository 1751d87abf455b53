import type { Step } from './scene.ts';

/** What today came to, which is what the tour did, and yesterday's report, which came by itself. */
export const dailyDigest: Step = {
  title: 'the daily report',
  async play(scene) {
    const { workspace, cast } = scene.stage;
    const told = await scene.type('/capture digest');
    const done = /2 captures started · 1 search · 3 ended · 3 refused · .* kept · nothing runs/;
    scene.expectText('the report has what the tour did', told, done);
    scene.expectText(
      'it ends with the head of the audit log',
      told,
      /Audit log at entry \d+: capture audit verify --head \d+:[0-9a-f]{64}/,
    );
    const { stdout } = await scene.run('capture digest');
    scene.expectText('a shell gives the same', stdout, /2 captures started, 1 search, 3 ended, 3 refused/);
    const posted = await scene.soon('a digest in #soc-digest', () => workspace.messagesIn(cast.digest)[0]);
    scene.note(`#soc-digest ${scene.read(posted).split('\n').slice(0, 2).join(' ')}`);
    scene.expectText('yesterday’s came to #soc-digest by itself', scene.read(posted), /A quiet day/);
  },
};
