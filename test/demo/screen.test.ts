import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Buttons } from '../../sandbox/demo/screen/buttons.ts';
import { feed } from '../../sandbox/demo/screen/feed.ts';
import { widthOf, wrapped } from '../../sandbox/demo/screen/width.ts';
import { type Cast, withCast } from '../../sandbox/workspace/cast.ts';
import { post, rewrite, showOnly } from '../../sandbox/workspace/messages.ts';
import type { Change } from '../../sandbox/workspace/state.ts';
import type { Block } from '../../sandbox/workspace/wire.ts';
import { openWorkspace, type Workspace } from '../../sandbox/workspace/workspace.ts';

const button = (text: string) => ({
  type: 'button',
  action_id: `press_${text}`,
  value: 'c1',
  text: { type: 'plain_text', text },
});
const blocks = (words: string, ...labels: string[]): Block[] => [
  ...words.split('\n').map((text) => ({ type: 'section', text: { type: 'plain_text', text } })),
  { type: 'actions', elements: labels.map(button) },
];

describe('what somebody sees in the terminal of the demo', () => {
  let workspace: Workspace;
  let cast: Cast;
  before(async () => {
    workspace = await openWorkspace({ manifest: { display_information: { name: 'capture' } } });
    cast = withCast(workspace);
  });
  after(() => workspace.close());

  /** What grant, in #soc, sees of what an act changes. */
  function seenOf(act: () => void, buttons = new Buttons()): string[] {
    const changes: Change[] = [];
    const stop = workspace.watch((change) => changes.push(change));
    act();
    stop();
    const viewer = { user: cast.grant, channel: cast.soc };
    return changes.flatMap((change) => feed(change, viewer, { workspace, buttons }).map(({ words }) => words));
  }

  test('a message whole, its buttons numbered on from those before', () => {
    const buttons = new Buttons();
    const say = (words: string) =>
      post(workspace.state, { channel: cast.soc.id, text: '', blocks: blocks(words, 'Stop', 'Details') });
    const [head, ...body] = seenOf(() => say('Capturing\nhost 192.0.2.7'), buttons);
    assert.match(head ?? '', /^#soc capture \d\d:\d\d:\d\d$/);
    assert.deepEqual(body, ['  Capturing', '  host 192.0.2.7', '  [1 Stop] [2 Details]']);
    assert.equal(seenOf(() => say('Another'), buttons).at(-1), '  [3 Stop] [4 Details]');
    assert.equal(buttons.find('1')?.actionId, 'press_Stop');
    assert.equal(buttons.find('stop')?.number, 3);
    assert.equal(buttons.find('7'), undefined);
  });

  test('an edit by its headline and the lines that are new', () => {
    const buttons = new Buttons();
    const said = {
      channel: cast.soc.id,
      text: '',
      blocks: blocks('Searching\nport 4444\n1 of 9', 'Cancel', 'Details'),
    };
    const message = post(workspace.state, said);
    const edit = (words: string, ...labels: string[]) =>
      seenOf(() => rewrite(workspace.state, message, '', blocks(words, ...labels)), buttons);
    const [head, ...body] = edit('Searching\nport 4444\n2 of 9', 'Cancel', 'Details');
    assert.match(head ?? '', / \(edited\)$/);
    assert.deepEqual(body, ['  Searching', '  2 of 9']);
    assert.deepEqual(edit('Searched\nport 4444\n9 of 9', 'Details').slice(1), [
      '  Searched',
      '  9 of 9',
      '  [2 Details]',
    ]);
  });

  test('replies further in; other channels in a line; what is for others not at all', () => {
    const { ts } = post(workspace.state, { channel: cast.soc.id, text: 'Capturing' });
    const reply = seenOf(() => post(workspace.state, { channel: cast.soc.id, text: 'Stopped', threadTs: ts }));
    assert.equal(reply[1], '      Stopped');
    const elsewhere = seenOf(() => post(workspace.state, { channel: cast.digest.id, text: 'Yesterday\nwas quiet' }));
    assert.deepEqual(elsewhere, ['#soc-digest capture: Yesterday']);
    const told = { channel: cast.soc.id, text: 'Not allowed', from: 'response_url' } as const;
    assert.deepEqual(
      seenOf(() => showOnly(workspace.state, { ...told, user: cast.guest.id })),
      [],
    );
    assert.match(
      seenOf(() => showOnly(workspace.state, { ...told, user: cast.grant.id }))[0] ?? '',
      /only you see this$/,
    );
  });
});

test('a long line is broken at blanks and stays as far in; a long word stays whole', () => {
  assert.deepEqual(wrapped('  one two three', 9), ['  one two', '  three']);
  assert.deepEqual(wrapped(`File: ${'x'.repeat(20)} end`, 10), ['File:', 'x'.repeat(20), 'end']);
  assert.equal(widthOf('🟢 ⚠️ é'), 7);
});
