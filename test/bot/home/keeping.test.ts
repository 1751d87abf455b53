import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import type { Database } from 'better-sqlite3';
import { withCast } from '../../../sandbox/workspace/cast.ts';
import { openWorkspace, type Workspace } from '../../../sandbox/workspace/workspace.ts';
import { slackClients } from '../../../src/bot/clients.ts';
import type { HomeNow } from '../../../src/bot/home/drawing.ts';
import { Homes } from '../../../src/bot/home/keeping.ts';
import { openHomes } from '../../../src/bot/home/opened.ts';
import { slackLog } from '../../../src/bot/log.ts';
import { rows } from '../../../src/bot/views/view.ts';
import type { Standing } from '../../../src/capture/orders.ts';
import { registry } from '../registry.ts';
import { botDatabase, keptLog, liveCapture, manifest } from '../sample.ts';

/** A workspace, a registry, and who keeps Homes between them; each Home tells the state of c1. */
async function stage(t: TestContext, now: () => number = Date.now) {
  const workspace = await openWorkspace({ manifest });
  const { will, grant } = withCast(workspace);
  const captures = registry();
  const database = botDatabase();
  const running: Homes[] = [];
  const keep = (read: () => Promise<unknown> = async () => undefined) => {
    const homes = homesOf(workspace, captures, { database, now, read });
    running.push(homes);
    homes.run().catch((error: unknown) => assert.fail(String(error)));
    return homes;
  };
  t.after(async () => {
    await Promise.all(running.map((homes) => homes.close()));
    await workspace.close();
  });
  const shows = (words: string) => () => JSON.stringify(workspace.homeOf(will)?.blocks ?? []).includes(words);
  const opened = { user: will.id, team: workspace.teamId };
  return { workspace, will, grant, captures, keep, shows, opened };
}

function homesOf(
  workspace: Workspace,
  captures: ReturnType<typeof registry>,
  { database, now, read }: { database: Database; now: () => number; read: () => Promise<unknown> },
): Homes {
  const { log } = keptLog();
  const secrets = { botToken: workspace.botToken, appToken: workspace.appToken, apiUrl: workspace.apiUrl };
  const standing = (): Standing => ({ open: [], ended: [], version: captures.peek('c1')?.version ?? 0 });
  const homeOf = async (_: unknown, known: string | null): Promise<HomeNow | null> => {
    const capture = captures.peek('c1');
    await read();
    const tells = `${capture?.state} ${capture?.packets}`;
    const blocks = rows([{ type: 'text', text: tells }]);
    return tells === known ? null : { view: { type: 'home', blocks: [blocks] }, tells, healthToCome: null };
  };
  const slack = slackClients(secrets, slackLog(log)).progress;
  const requests = { waiting: () => [], watchRequests: nothingComes };
  return new Homes({
    engine: { ...captures, ...requests, standing },
    opened: openHomes(database, now),
    slack,
    homeOf,
    log,
    now,
  });
}

async function* nothingComes(_: number, signal: AbortSignal): AsyncGenerator<never> {
  yield* await once(signal, 'abort').then((): never[] => []);
}

test('a Home that was opened is drawn, and drawn again when a capture begins or ends', async (t) => {
  const { workspace, captures, keep, shows, opened } = await stage(t);
  const capture = captures.put(liveCapture());
  keep().opened(opened);
  await workspace.until(shows('running'));
  captures.put({ ...capture, state: 'stopped', packets: 7 });
  await workspace.until(shows('stopped 7'));
});

test('nobody’s Home is drawn who did not open it, nor one again that would tell the same', async (t) => {
  const { workspace, grant, captures, keep, shows, opened } = await stage(t);
  const capture = captures.put(liveCapture());
  let [looks, again] = [0, Promise.withResolvers<void>()];
  const homes = keep(async () => {
    looks += 1;
    again.resolve();
  });
  homes.opened(opened);
  await workspace.until(shows('running'));
  again = Promise.withResolvers();
  captures.put(liveCapture({ id: 'c2', state: 'stopped' }));
  await again.promise;
  captures.put({ ...capture, state: 'stopped' });
  await workspace.until(shows('stopped'));
  assert.equal(workspace.homeOf(grant), undefined);
  assert.ok(looks >= 3, 'it was looked at for the other capture, too');
  assert.equal(workspace.calls('views.publish').length, 2);
});

test('while one Home is on its way, the next of the same person waits, and the later state stays', async (t) => {
  const { workspace, captures, keep, shows, opened } = await stage(t);
  const capture = captures.put(liveCapture());
  workspace.faults.delay('views.publish', 1_500);
  const begun = Promise.withResolvers<void>();
  const homes = keep(async () => begun.resolve());
  homes.opened(opened);
  await begun.promise;
  captures.put({ ...capture, state: 'stopped' });
  homes.opened(opened);
  await workspace.until(shows('running'));
  await workspace.until(shows('stopped'));
  const [first, second] = workspace.calls('views.publish');
  const hash = (first?.answer.view as { hash?: string } | undefined)?.hash;
  assert.ok(hash !== undefined && second?.args.hash === hash, 'the second names the first, which was answered by then');
});

test('a Home that somebody else drew over is drawn all the same', async (t) => {
  const { workspace, will, captures, keep, shows, opened } = await stage(t);
  const capture = captures.put(liveCapture());
  keep().opened(opened);
  await workspace.until(shows('running'));
  const shown = workspace.homeOf(will);
  assert.ok(shown !== undefined);
  shown.hash = 'another';
  captures.put({ ...capture, state: 'stopped' });
  await workspace.until(shows('stopped'));
  assert.deepEqual(
    workspace.calls('views.publish').map(({ answer }) => answer.error ?? 'ok'),
    ['ok', 'hash_conflict', 'ok'],
  );
});

test('when Slack asks to wait, or breaks, the newest state comes after', async (t) => {
  const { workspace, captures, keep, shows, opened } = await stage(t);
  const capture = captures.put(liveCapture());
  workspace.faults.limitNext('views.publish', 1, 1);
  keep().opened(opened);
  await workspace.until(() => workspace.calls('views.publish').length === 1);
  captures.put({ ...capture, state: 'stopped' });
  await workspace.until(shows('stopped'));
  assert.ok(workspace.calls('views.publish').length <= 3);
});

test('another bot keeps the Homes that were opened before, for an hour', async (t) => {
  let at = Date.now();
  const { workspace, will, grant, captures, keep, shows, opened } = await stage(t, () => at);
  const capture = captures.put(liveCapture());
  const first = keep();
  first.opened(opened);
  await workspace.until(shows('running'));
  await first.close();
  captures.put({ ...capture, state: 'stopping' });
  const second = keep();
  await workspace.until(shows('stopping'));
  await second.close();
  at += 3_600_001;
  captures.put({ ...capture, state: 'stopped' });
  const third = keep();
  third.opened({ ...opened, user: grant.id });
  await workspace.until(() => workspace.homeOf(grant));
  at += 20_000;
  captures.put({ ...capture, state: 'stopped', packets: 9 });
  await workspace.until(() => JSON.stringify(workspace.homeOf(grant)?.blocks).includes('stopped 9'));
  assert.ok(JSON.stringify(workspace.homeOf(will)?.blocks).includes('stopping'));
});

test('a Home that nobody opened for an hour is let go', async (t) => {
  let at = Date.now();
  const { workspace, will, grant, captures, keep, shows, opened } = await stage(t, () => at);
  const capture = captures.put(liveCapture());
  const homes = keep();
  homes.opened(opened);
  await workspace.until(shows('running'));
  at += 3_600_001;
  captures.put({ ...capture, state: 'stopped' });
  homes.opened({ ...opened, user: grant.id });
  await workspace.until(() => workspace.homeOf(grant));
  at += 20_000;
  captures.put({ ...capture, state: 'stopped', packets: 9 });
  await workspace.until(() => JSON.stringify(workspace.homeOf(grant)?.blocks).includes('stopped 9'));
  assert.ok(JSON.stringify(workspace.homeOf(will)?.blocks).includes('running'));
});

test('who has no Home is let alone until they open one', async (t) => {
  const { workspace, will, grant, captures, keep, shows, opened } = await stage(t);
  const capture = captures.put(liveCapture());
  workspace.faults.errorNext('views.publish', 'user_not_found');
  const homes = keep();
  homes.opened(opened);
  await workspace.until(() => workspace.calls('views.publish').length === 1);
  captures.put({ ...capture, state: 'stopped' });
  homes.opened({ ...opened, user: grant.id });
  await workspace.until(() => workspace.homeOf(grant));
  assert.equal(workspace.homeOf(will), undefined);
  homes.opened(opened);
  await workspace.until(shows('stopped'));
});
