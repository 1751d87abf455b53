import assert from 'node:assert/strict';
import { appendFileSync, rmSync } from 'node:fs';
import { after, test } from 'node:test';
import { capture, installation } from './shell.ts';

const { directory, file } = installation();
appendFileSync(file, '  - { name: lea, role: lead, login: lea }\napproval: { duration: 8h, for: 10m }\n');
const shell = (login: string, ...words: string[]) => capture(words, { CAPTURE_CONFIG: file, SUDO_USER: login });
after(() => rmSync(directory, { recursive: true }));

const asked = ['-d', 'all \u001b[31mday\u202e', '-e', 'udp port 42599'];

test('an order that needs a second person exits with 75, and a script tells it by that and its state', async () => {
  const { code, out, err } = await shell('will', 'start', ...asked);
  assert.equal(code, 75);
  assert.match(
    out,
    /^Waits: a1 waits for the approval of a second person until .* UTC: it may run for 1d, longer than 8h/,
  );
  assert.match(err, /^Nothing runs yet: a lead other than will starts it with capture approve a1\n$/);
  const json = await shell('grant', 'start', '--json', '-a', 'will', ...asked);
  assert.equal(json.code, 75);
  assert.partialDeepStrictEqual(JSON.parse(json.out), {
    ...{ id: 'a2', state: 'waiting', analyst: 'will', orderedBy: 'grant', verb: 'start', interface: 'lo' },
    ...{ expression: 'udp port 42599', duration: 86_400_000, maxBytes: 10e9, answeredBy: null, capture: null },
  });
  const original = await shell('will', '-a', 'will', ...asked);
  assert.deepEqual([original.code, original.out.slice(0, 9)], [75, 'Waits: a3']);
});

test('what waits is listed, approved, and denied; nothing of it steers a terminal', async () => {
  const listed = await shell('mona', 'approve');
  assert.equal(listed.code, 0);
  assert.match(
    listed.out,
    /^a1 will: all \S*31mday\S*; waits .*\n {3}udp port 42599; on lo, for 1d or 10GB at most\na2 will, ordered by grant: /,
  );
  assert.ok(!listed.out.includes('\u001b'));
  assert.equal((await shell('grant', 'approve', 'a2')).code, 77);
  assert.equal((await shell('mona', 'deny', 'a2')).code, 77);
  assert.equal((await shell('lea', 'approve', 'a9')).code, 66);
  const denied = await shell('lea', 'deny', 'a3', 'too', 'broad:\u001b[31m name a host');
  assert.equal(denied.code, 0);
  assert.match(denied.out, /^a3 was denied by lea: too broad:\S+31m name a host \(all /);
  assert.ok(!denied.out.includes('\u001b'));
  const late = await shell('lea', 'approve', 'a3');
  assert.deepEqual([late.code, /a3 was denied by lea: too broad/.test(late.err)], [75, true]);
  const one = await shell('mona', 'show', 'A1');
  assert.match(
    one.out,
    /^a1 will: .*\n {3}udp port 42599; .*\n {3}capture approve a1 starts it: of a lead other than will;/,
  );
  assert.equal(JSON.parse((await shell('mona', 'show', 'a1', '--json')).out).state, 'waiting');
  assert.equal((await shell('mona', 'show', 'a9')).code, 66);
  const piped = await shell('mona', 'list');
  assert.deepEqual([piped.out, piped.err], ['', 'Waiting for approval: a1, a2; capture approve shows more.\n']);
  const array = await shell('mona', 'list', '--json');
  assert.deepEqual([array.out, array.err], ['[]\n', piped.err]);
  const alone = await shell('lea', 'deny');
  assert.deepEqual([alone.code, alone.out], [0, (await shell('lea', 'approve')).out]);
  const approved = await shell('lea', 'approve', 'a2', '--json');
  assert.equal(approved.code, 0, approved.err);
  assert.ok(approved.out.includes('day\\u202e'), approved.out);
  assert.partialDeepStrictEqual(JSON.parse(approved.out), { id: 'c1', analyst: 'will', state: 'running' });
  const shown = await shell('mona', 'show', 'c1');
  assert.match(shown.out, /^Ordered by: +grant\nApproved by: +lea$/m);
  assert.equal(JSON.parse((await shell('mona', 'show', 'c1', '--json')).out).approvedBy, 'lea');
  const again: { id: string; state: string }[] = JSON.parse((await shell('mona', 'approve', '--json')).out);
  assert.deepEqual(
    again.map(({ id, state }) => `${id} ${state}`),
    ['a1 waiting', 'a2 started', 'a3 denied'],
  );
  assert.equal((await shell('will', 'stop', 'c1')).code, 0);
});
