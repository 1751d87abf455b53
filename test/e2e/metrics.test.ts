import assert from 'node:assert/strict';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { writeHistory } from '../../sandbox/ring/history.ts';
import { samplesIn } from '../bot/exposition.ts';
import { messageIn, openStage, shownTo } from './stage.ts';

const hour = 3_600_000;

/** Holds a port of loopback until it is let go. */
async function takenPort(): Promise<{ readonly port: number; letGo(): Promise<void> }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const letGo = async () => {
    server.close();
    await once(server, 'close');
  };
  return { port: (server.address() as AddressInfo).port, letGo };
}

test('whoever watches the sensor reads what the bot did, and that it is well', async (t) => {
  const { port, letGo } = await takenPort();
  const stage = await openStage(t, { metrics: { port } });
  const { workspace, grant, guest, soc } = stage;
  const to = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  await writeHistory({
    ...{ directory: stage.ring, from: new Date(to.getTime() - 2 * hour), to, files: 4, bytesPerFile: 1 << 20, seed: 7 },
  });
  await assert.rejects(stage.startBot(), (error: Error) => {
    assert.match(error.message, new RegExp(`metrics\\.port: ${port} on 127\\.0\\.0\\.1 is taken by another process`));
    return true;
  });
  await letGo();
  const bot = await stage.startBot();
  await workspace.until(() => workspace.connections() === 2);
  const scrape = async () => samplesIn(await (await fetch(`http://127.0.0.1:${port}/metrics`)).text());
  /** Scrapes until a sample has a value: what is counted when a call ends may come after what it brought about. */
  const until = async (sample: string, value: number) => {
    for (const late = AbortSignal.timeout(20_000); ; ) {
      const samples = await scrape();
      if (samples.get(sample) === value) return samples;
      assert.ok(!late.aborted, `${sample} is ${samples.get(sample)}, not ${value}`);
    }
  };
  const before = await scrape();
  assert.equal(before.get('capture_ack_seconds_count'), 0);
  assert.equal(before.get('capture_slack_connections'), 2);
  assert.equal(before.get('capture_messages_behind'), 0);

  workspace.faults.limitNext('chat.postMessage', 1, 1);
  await workspace.as(grant).types('/capture start -d "watched" -e "udp port 42701"', soc);
  await messageIn(stage, soc, /Capturing · watched/);
  await shownTo(stage, grant, /Started c1/);
  await workspace.as(guest).types('/capture stop c1', soc);
  await shownTo(stage, guest, /guests may not use capture/);
  await workspace.as(grant).types('/capture strat -d "secret-word" -e everything', soc);
  await shownTo(stage, grant, /did you mean/);
  await workspace.as(grant).types('/capture start -d x -e "port 99999"', soc);
  await shownTo(stage, grant, /Expression refused/);
  await workspace.as(grant).types('/capture index', soc);
  await shownTo(stage, grant, /index is not for Slack/);
  await workspace.as(grant).types('/capture whoami', soc);
  await shownTo(stage, grant, /You are grant/);
  await workspace.as(grant).types('/capture search -d "shop" --since 24h host 192.0.2.7', soc);
  const searched = await messageIn(stage, soc, /Searched.* · shop/);
  await workspace.as(grant).clicks(await messageIn(stage, soc, /Capturing · watched/), 'capture_stop');
  await messageIn(stage, soc, /Stopped · watched/);

  await until('capture_commands_total{verb="stop",outcome="done"}', 1);
  await until('capture_messages_behind', 0);
  const samples = await until('capture_slack_calls_total{method="chat.postMessage",outcome="limited"}', 1);
  for (const [sample, value] of [
    ['capture_commands_total{verb="start",outcome="done"}', 1],
    ['capture_commands_total{verb="start",outcome="bad_expression"}', 1],
    ['capture_commands_total{verb="stop",outcome="not_allowed"}', 1],
    ['capture_commands_total{verb="other",outcome="bad_request"}', 1],
    ['capture_commands_total{verb="index",outcome="bad_request"}', 1],
    ['capture_commands_total{verb="whoami",outcome="done"}', 1],
    ['capture_commands_total{verb="search",outcome="done"}', 1],
    ['capture_ack_seconds_count', 8],
    ['capture_captures{kind="live",state="stopped"}', 1],
    ['capture_captures{kind="past",state="finished"}', 1],
    ['capture_kernel_dropped_packets_total', 0],
    ['capture_registry_up', 1],
    ['capture_supervised', 1],
    ['capture_supervisor', 1],
    ['capture_messages_behind_seconds', 0],
    ['capture_slack_calls_total{method="apps.connections.open",outcome="ok"}', 2],
  ] as const) {
    assert.equal(samples.get(sample), value, sample);
  }
  assert.ok((samples.get('capture_slack_calls_total{method="chat.postMessage",outcome="ok"}') ?? 0) >= 2);
  assert.ok((samples.get('capture_free_bytes') ?? 0) > 0);
  assert.ok((samples.get('capture_event_loop_delay_max_seconds') ?? -1) >= 0);
  const ring = stage.engine.coverage('c2').map(({ file }) => statSync(join(stage.ring, file)).size);
  assert.equal(
    samples.get('capture_searched_bytes_total'),
    ring.reduce((sum, bytes) => sum + bytes, 0),
  );
  assert.ok(![...samples.keys()].some((name) => /secret|watched|shop|strat|grant/.test(name)));
  assert.match(searched.text, /c2|shop/);

  const health = async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/health`);
    return { status: answer.status, ...((await answer.json()) as { ok: boolean; why: string | null }) };
  };
  assert.deepEqual(await health(), { status: 200, ok: true, why: null, connections: 2 });
  workspace.faults.failNext('apps.connections.open', 1_000_000);
  workspace.faults.disconnect('abrupt');
  await workspace.until(() => workspace.connections() === 0);
  let told = await health();
  for (const late = AbortSignal.timeout(20_000); told.ok; told = await health())
    assert.ok(!late.aborted, 'that no connection listens is told');
  assert.deepEqual(told, { status: 503, ok: false, why: 'no connection to Slack listens', connections: 0 });
  assert.equal(await bot.kill('SIGTERM'), 0);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/health`));
});
