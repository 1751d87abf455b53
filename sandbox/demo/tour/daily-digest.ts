import type { Step } from './scene.ts';

type Digest = { started: unknown[]; searched: unknown[]; refused: unknown[]; head: { seq: number; hash: string } };

/** What today came to, and yesterday's report, which came by itself. */
export const dailyDigest: Step = {
  title: 'the daily report',
  async play(scene) {
    const { workspace, cast } = scene.stage;
    const told = await scene.type('/capture digest');
    const digest = (await scene.ask(['digest'])) as Digest;
    scene.expectEqual(
      'started, searched and refused by the registry',
      [digest.started, digest.searched, digest.refused].map((each) => each.length),
      [2, 1, 3],
    );
    scene.expectText('the report has the same', told, /2 captures started · 1 search · \d+ ended · 3 refused/);
    scene.expectText('it ends with the head of the audit log', told, /Audit log at entry \d+, SHA-256 [0-9a-f]{64}/);
    scene.expectText(
      'a shell gives the same',
      (await scene.run('capture digest')).stdout,
      /2 captures started, 1 search/,
    );
    const posted = await scene.soon('a digest in #soc-digest', () => workspace.messagesIn(cast.digest)[0]);
    scene.note(`#soc-digest ${scene.read(posted).split('\n').slice(0, 2).join(' ')}`);
    scene.expectText('yesterday’s came to #soc-digest by itself', scene.read(posted), /A quiet day/);
  },
};
