import { readFile } from 'node:fs/promises';
import type { Message } from '../../workspace/messages.ts';
import { ids } from './proof.ts';
import { areSame, recordsOf, tcpdumpOverRing } from './records.ts';
import type { Scene, Step } from './scene.ts';

// Both networks have the beacon, and the history has the shop.
const expression = 'host 192.0.2.7 or port 4444';

type Shown = {
  state: string;
  path: string;
  expanded: string | null;
  packets: number;
  window: { since: string; until: string };
};

/** The past is searched, in what was generated and in what daemonlogger writes; tcpdump itself is the judge. */
export const searchPast: Step = {
  title: 'a search of the past, with its progress',
  async play(scene) {
    const { workspace, cast } = scene.stage;
    await scene.type(`/capture search -d 'shop and beacons' -e '${expression}' --since 24h --until 3s`);
    const message = await scene.message(ids.search, /Searched/);
    const thread = () => workspace.threadOf(cast.soc, message.ts).find((reply) => /Searched/.test(reply.text));
    const progress = await scene.soon('the coverage statement in the thread', thread);
    scene.expectText(
      'its message told of the search first',
      versionsOf(message)[0] ?? '',
      /Searching|Starting a search/,
    );
    scene.expectText('its thread told of the progress', versionsOf(progress)[0] ?? '', /Searching|Looking at/);
    scene.expect(
      'both were edited, not posted again',
      message.edits.length > 0 && progress.edits.length > 0,
      () => 'new ones',
    );
    scene.expectText('the statement names what could not be read whole', scene.read(progress), /cut/);
    await compare(scene);
  },
};

async function compare(scene: Scene): Promise<void> {
  const { places, history } = scene.stage;
  const shown = (await scene.ask(['show', ids.search])) as Shown;
  const [since, until] = [microsOf(shown.window.since), microsOf(shown.window.until)];
  const found = recordsOf(await readFile(shown.path));
  scene.expectText('the history holds VLAN tags, and they are looked behind', shown.expanded ?? '', /vlan and/);
  const over = await tcpdumpOverRing(places.ring, shown.expanded ?? expression);
  const byTcpdump = over.filter(({ at }) => at >= since && at < until);
  scene.expect(
    `the savefile is record for record what tcpdump -r gives over the ring files: ${found.length} packets`,
    areSame(found, byTcpdump),
    () => `${found.length} packets, of tcpdump ${byTcpdump.length}`,
  );
  const newest = Math.max(...history.files.map((file) => (file.state === 'empty' ? 0 : file.last)));
  const live = found.filter(({ at }) => at > newest).length;
  scene.expect(`${live} of them passed since the demo began`, live > 0, () => 'none: daemonlogger wrote nothing');
}

function versionsOf(message: Message): string[] {
  return [...message.edits.map(({ text }) => text), message.text];
}

/** ISO 8601 with up to six decimals, as microseconds since 1970. */
function microsOf(iso: string): number {
  const [, decimals = ''] = /\.(\d+)Z$/.exec(iso) ?? [];
  return Date.parse(iso.replace(/\.\d+Z$/, 'Z')) * 1_000 + Number(decimals.padEnd(6, '0'));
}
