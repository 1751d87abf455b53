import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { OpenView } from '../../sandbox/workspace/views.ts';
import { messageIn, openStage, type Stage, shownTo } from './stage.ts';

test('a form with a bad expression keeps what was typed and says libpcap’s words', async (t) => {
  const stage = await openStage(t);
  const { workspace, grant, soc, engine } = stage;
  await stage.openBot();
  await workspace.as(grant).types('/capture start -e "port 99999"', soc);
  const view = await formOf(stage, grant);
  assert.match(JSON.stringify(view.blocks), /"initial_value":"port 99999"/);
  await workspace.as(grant).submits(view, { description: 'odd <!channel> words' });
  const said = await workspace.until(() => /illegal port number 99999/.exec(seenIn(view)) ?? undefined, patient);
  assert.ok(said);
  assert.match(JSON.stringify([view.values, view.blocks]), /odd <!channel> words/);
  assert.equal(engine.peek('c1'), undefined);

  await workspace.as(grant).submits(view, { expression: 'udp port 41701' });
  await messageIn(stage, soc, /Capturing · odd &lt;!channel&gt; words/);
  const told = await shownTo(stage, grant, /Started c1/);
  assert.match(
    JSON.stringify(told.blocks),
    /Understood as: \/capture start -d 'odd <!channel> words' -e 'udp port 41701'/,
  );
  const asked = stage.auditLog().filter(({ outcome }) => outcome === 'asked');
  assert.equal(asked.at(-1)?.words, "/capture start -d 'odd <!channel> words' -e 'udp port 41701'");
});

const patient = { timeoutMs: 20_000 };

/** The form that somebody has in front of them. */
function formOf({ workspace }: Stage, who: { readonly id: string }): Promise<OpenView> {
  return workspace.until(
    () => workspace.viewsFor(who.id).find(({ callbackId }) => callbackId === 'capture_form'),
    patient,
  );
}

function seenIn(view: OpenView): string {
  return JSON.stringify([view.errors, view.blocks]);
}
