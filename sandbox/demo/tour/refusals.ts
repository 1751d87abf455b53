import type { Scene, Step } from './scene.ts';

type Entry = { outcome: string; words: string; origin: { user?: string } };
type Refusal = { name: 'guest' | 'maria' | 'stranger'; typed: string; answer: RegExp };

const refused: readonly Refusal[] = [
  { name: 'guest', typed: '/capture list', answer: /Not allowed[\s\S]*guests may not use capture/ },
  { name: 'maria', typed: "/capture start -d curious -e 'port 80'", answer: /Not allowed[\s\S]*viewer/ },
  { name: 'stranger', typed: '/capture list', answer: /Not allowed[\s\S]*only members of this workspace/ },
];

/** Whoever may not is told so, alone, and the audit log has it. */
export const refusals: Step = {
  title: 'a guest, a viewer and a stranger are refused',
  async play(scene) {
    for (const refusal of refused) await isRefused(scene, refusal);
    scene.seat.become('grant');
    await scene.run('capture audit --last 4');
    const entries = (await scene.ask(['audit', '--last', '10'])) as Entry[];
    for (const { name, typed } of refused) {
      const { id } = scene.stage.cast[name];
      const entry = entries.find(({ outcome, origin }) => outcome === 'refused' && origin.user === id);
      scene.expectEqual(`the audit log has what ${name} typed`, entry?.words, typed);
    }
    scene.expectEqual('captures that run', ((await scene.ask(['list'])) as unknown[]).length, 0);
  },
};

async function isRefused(scene: Scene, { name, typed, answer }: Refusal): Promise<void> {
  scene.seat.become(name);
  const { workspace } = scene.stage;
  const before = workspace.messagesIn(scene.seat.channel).length;
  scene.expectText(`${name} is told why not`, await scene.type(typed), answer);
  const after = workspace.messagesIn(scene.seat.channel).length;
  scene.expect('nobody else sees anything of it', after === before, () => 'a new message');
}
