import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { createTask, validate } from 'node-cron';
import { type Claim, cronAt, type DigestSchedule, scheduleDigest } from '../../src/reports/schedule.ts';

type Row = 'claimed' | 'posted';

/** The bot's side of the bargain: a row a day, and a channel that keeps what reached it. */
class Channel {
  readonly rows = new Map<string, Row>();
  readonly messages: string[] = [];
  readonly errors: unknown[] = [];
  /** What happens to a post: `lost answer` reaches the channel, and the bot never learns of it. */
  readonly fates: ('arrives' | 'fails' | 'lost answer')[] = [];
  now = Date.parse('2026-11-24T07:00:00Z');

  schedule(): { stop(): Promise<void> } {
    const log = { info() {}, warn() {}, debug() {}, error: (facts: unknown) => void this.errors.push(facts) };
    return scheduleDigest({
      ...{ at: '08:00', timezone: 'Europe/Berlin', now: () => this.now, log: log as DigestSchedule['log'] },
      lastPosted: () =>
        [...this.rows]
          .flatMap(([date, row]) => (row === 'posted' ? [date] : []))
          .toSorted()
          .at(-1) ?? null,
      claim: (date) => this.claim(date),
      post: async (date, claim) => this.post(date, claim),
    });
  }

  /** Boots, lets everything due be sent, and goes down. */
  async boot(): Promise<void> {
    const schedule = this.schedule();
    // This channel answers without waiting, so all that is due has been sent by the next turn of the event loop.
    await setImmediate();
    await schedule.stop();
  }

  private claim(date: string): Claim {
    const row = this.rows.get(date);
    if (row === 'posted') return 'taken';
    this.rows.set(date, 'claimed');
    return row === undefined ? 'new' : 'unsettled';
  }

  private post(date: string, claim: Claim): void {
    if (claim === 'new' || !this.messages.includes(date)) {
      const fate = this.fates.shift() ?? 'arrives';
      if (fate === 'fails') throw new Error('Slack is down');
      this.messages.push(date);
      if (fate === 'lost answer') throw new Error('the socket was closed');
    }
    this.rows.set(date, 'posted');
  }
}

test('yesterday’s digest is posted once, however often the bot starts', async () => {
  const channel = new Channel();
  for (let boots = 0; boots < 3; boots += 1) await channel.boot();
  assert.deepEqual(channel.messages, ['2026-11-23']);
});

test('the days missed while the bot was down are posted when it boots, oldest first', async () => {
  const channel = new Channel();
  channel.rows.set('2026-11-20', 'posted');
  await channel.boot();
  await channel.boot();
  assert.deepEqual(channel.messages, ['2026-11-21', '2026-11-22', '2026-11-23']);
});

test('a crash between the claim and the post loses no day', async () => {
  const channel = new Channel();
  channel.rows.set('2026-11-23', 'claimed');
  await channel.boot();
  assert.deepEqual(channel.messages, ['2026-11-23']);
});

test('a crash between the post and its record posts nothing twice', async () => {
  const channel = new Channel();
  channel.rows.set('2026-11-23', 'claimed');
  channel.messages.push('2026-11-23');
  await channel.boot();
  assert.deepEqual(channel.messages, ['2026-11-23']);
  assert.equal(channel.rows.get('2026-11-23'), 'posted');
});

test('a failed post is logged and tried again, and no later day overtakes it', async () => {
  const channel = new Channel();
  channel.rows.set('2026-11-21', 'posted');
  channel.fates.push('fails');
  await channel.boot();
  assert.deepEqual(channel.messages, []);
  assert.equal(channel.errors.length, 1);
  await channel.boot();
  assert.deepEqual(channel.messages, ['2026-11-22', '2026-11-23']);
});

test('an answer that was lost on the way makes no second message', async () => {
  const channel = new Channel();
  channel.fates.push('lost answer');
  await channel.boot();
  await channel.boot();
  assert.deepEqual(channel.messages, ['2026-11-23']);
});

test('stopping waits for the post under way and begins no other', async () => {
  const posted: string[] = [];
  const arrived = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const log = { info() {}, warn() {}, debug() {}, error() {} };
  const schedule = scheduleDigest({
    ...{ at: '08:00', timezone: 'UTC', now: () => Date.parse('2026-11-24T08:00:00Z'), log },
    ...{ lastPosted: () => '2026-11-20', claim: () => 'new' as const },
    post: async (date) => {
      begun.resolve();
      await arrived.promise;
      posted.push(date);
    },
  });
  await begun.promise;
  const stopped = schedule.stop();
  arrived.resolve();
  await stopped;
  assert.deepEqual(posted, ['2026-11-21']);
});

test('cron fires at the wall clock of the zone, on both sides of a clock change', () => {
  assert.equal(cronAt('08:05'), '5 8 * * *');
  assert.ok(validate(cronAt('00:00')));
  const task = createTask(cronAt('08:00'), () => undefined, { timezone: 'Europe/Berlin' });
  assert.ok(task.match(new Date('2026-11-24T07:00:00Z')));
  assert.ok(task.match(new Date('2026-07-24T06:00:00Z')));
  assert.ok(!task.match(new Date('2026-07-24T07:00:00Z')));
  task.destroy();
});
