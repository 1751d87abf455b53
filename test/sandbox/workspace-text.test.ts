import assert from 'node:assert/strict';
import { test } from 'node:test';
import { plainText } from '../../sandbox/workspace/text.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const rich = (text: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

test('a message reads as lines: headline, words as typed, buttons, dates from their fallback', () => {
  const blocks = [
    { type: 'header', text: plain('Capture running') },
    {
      type: 'section',
      text: { type: 'mrkdwn', text: ':red_circle: *c7* by <@U1> in <#C1|soc>\n`host 192.0.2.7 &amp;&amp; *`' },
    },
    rich('traffic to *shop* <!channel>'),
    {
      type: 'context',
      elements: [{ type: 'mrkdwn', text: 'since <!date^1795486205^{date_short_pretty}|2026-11-24 02:10:05Z>' }],
    },
    {
      type: 'actions',
      elements: [
        { type: 'button', text: plain('Stop'), action_id: 'stop' },
        { type: 'overflow', options: [{ text: plain('Share'), value: 's' }], action_id: 'more' },
      ],
    },
  ];
  const names = (id: string) => (id === 'U1' ? 'grant' : id);
  assert.equal(
    plainText({ text: 'fallback', blocks }, names),
    [
      '# Capture running',
      '🔴 c7 by @grant in #soc',
      'host 192.0.2.7 && *',
      'traffic to *shop* <!channel>',
      'since 2026-11-24 02:10:05Z',
      '[Stop] [⋯ Share]',
    ].join('\n'),
  );
});

test('a plan reads as its tasks, each with how it stands', () => {
  const tasks = [
    { type: 'task_card', task_id: '1', title: 'ring 1', status: 'complete', details: rich('12 packets') },
    { type: 'task_card', task_id: '2', title: 'ring 2', status: 'in_progress' },
    { type: 'task_card', task_id: '3', title: 'ring 3', status: 'error' },
  ];
  assert.equal(
    plainText({ blocks: [{ type: 'plan', title: 'Search', tasks }] }),
    ['Search', '  ✓ ring 1', '    12 packets', '  ◐ ring 2', '  ✗ ring 3'].join('\n'),
  );
});

test('without blocks the text is read, links by their label', () => {
  assert.equal(plainText({ text: 'see <https://h/x|the page> &lt;now&gt;' }), 'see the page <now>');
});

test('a form reads with its title, what stands in its inputs, and its button', () => {
  const element = { type: 'plain_text_input', action_id: 'd', initial_value: 'shop' };
  const blocks = [
    { type: 'input', label: plain('Description'), element },
    {
      type: 'table',
      rows: [
        [
          { type: 'raw_text', text: 'id' },
          { type: 'raw_text', text: 'size' },
        ],
      ],
    },
  ];
  const definition = { title: plain('Start'), submit: plain('Go') };
  assert.equal(
    plainText({ blocks, definition }),
    ['== Start ==', 'Description: [shop]', 'id  size', '[Go]'].join('\n'),
  );
});
