import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blockErrors } from '../../sandbox/workspace/blocks/check.ts';
import type { Surface } from '../../sandbox/workspace/blocks/kinds.ts';
import { viewErrors } from '../../sandbox/workspace/blocks/view-check.ts';

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const button = (extra: object = {}) => ({ type: 'button', text: plain('Stop'), ...extra });
const option = (value = 'v') => ({ text: plain('o'), value });
const rich = (...elements: object[]) => ({ type: 'rich_text', elements });
const words = (text: string) => ({ type: 'rich_text_section', elements: [{ type: 'text', text }] });
const task = (extra: object = {}) => ({
  type: 'task_card',
  task_id: '1',
  title: 'ring 1',
  status: 'complete',
  ...extra,
});
const x = (length: number) => 'x'.repeat(length);
const times = (count: number, each: object) => Array.from({ length: count }, () => each);
const divider = { type: 'divider' };
const input = (element: object, extra: object = {}) => ({ type: 'input', label: plain('l'), element, ...extra });

const valid: [string, object, Surface?][] = [
  ['a section of 3000 characters', { type: 'section', text: mrkdwn(x(3000)) }],
  ['a section of fields', { type: 'section', fields: times(10, mrkdwn(x(2000))) }],
  [
    'a section with a button',
    { type: 'section', text: plain('x'), accessory: button({ value: x(2000), style: 'danger' }) },
  ],
  ['a header', { type: 'header', text: plain(x(150)) }],
  [
    'a context of text and image',
    { type: 'context', elements: [mrkdwn('x'), { type: 'image', image_url: 'https://h/i', alt_text: 'i' }] },
  ],
  ['25 buttons', { type: 'actions', elements: times(25, button()) }],
  [
    'a confirm dialog',
    { type: 'actions', elements: [button({ confirm: { title: plain(x(100)), text: plain(x(300)) } })] },
  ],
  ['an overflow of five', { type: 'actions', elements: [{ type: 'overflow', options: times(5, option()) }] }],
  ['a select of 100', { type: 'actions', elements: [{ type: 'static_select', options: times(100, option(x(150))) }] }],
  ['rich text', rich(words('<!channel>'), { type: 'rich_text_list', style: 'bullet', elements: [words('a')] })],
  ['a plan of tasks', { type: 'plan', title: 'Search', tasks: [task({ details: rich(words('12 packets')) })] }],
  ['a table', { type: 'table', rows: [[{ type: 'raw_text', text: 'a' }, rich(words('b'))]] }],
  ['markdown', { type: 'markdown', text: x(12_000) }],
  ['an input in a modal', input({ type: 'plain_text_input', multiline: true }), 'modal'],
  ['a date and time in a modal', input({ type: 'datetimepicker', action_id: 'since' }), 'modal'],
  ['an alert in a modal', { type: 'alert', text: plain('x'), level: 'warning' }, 'modal'],
];

for (const [what, block, surface = 'message'] of valid) {
  test(`Slack takes ${what}`, () => assert.deepEqual(blockErrors([block], surface), []));
}

const invalid: [string, object, string, Surface?][] = [
  [
    'a section over 3000',
    { type: 'section', text: mrkdwn(x(3001)) },
    'must be less than 3001 characters [json-pointer:/blocks/0/text/text]',
  ],
  [
    'an empty text',
    { type: 'section', text: mrkdwn('') },
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['a section of nothing', { type: 'section' }, 'missing required field: text or fields [json-pointer:/blocks/0]'],
  [
    'eleven fields',
    { type: 'section', fields: times(11, mrkdwn('x')) },
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  [
    'a mrkdwn header',
    { type: 'header', text: mrkdwn('x') },
    'unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]',
  ],
  [
    'eleven in a context',
    { type: 'context', elements: times(11, mrkdwn('x')) },
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  [
    '26 buttons',
    { type: 'actions', elements: times(26, button()) },
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  ['no buttons', { type: 'actions', elements: [] }, 'no fewer than 1 item allowed [json-pointer:/blocks/0/elements]'],
  [
    'a long button',
    { type: 'actions', elements: [button({ text: plain(x(76)) })] },
    'must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]',
  ],
  [
    'a long value',
    { type: 'actions', elements: [button({ value: x(2001) })] },
    'must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]',
  ],
  [
    'a made-up style',
    { type: 'actions', elements: [button({ style: 'red' })] },
    'must be a valid enum value [json-pointer:/blocks/0/elements/0/style]',
  ],
  [
    'two buttons of one action_id',
    { type: 'actions', elements: times(2, button({ action_id: 'a' })) },
    'action_id must be unique in its block [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    'six in an overflow',
    { type: 'actions', elements: [{ type: 'overflow', options: times(6, option()) }] },
    'no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    '101 in a select',
    { type: 'actions', elements: [{ type: 'static_select', options: times(101, option()) }] },
    'no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]',
  ],
  [
    'a select of nothing',
    { type: 'actions', elements: [{ type: 'static_select' }] },
    'exactly one of options and option_groups is required [json-pointer:/blocks/0/elements/0]',
  ],
  ['an unknown block', { type: 'chart' }, 'unsupported type: chart [json-pointer:/blocks/0/type]'],
  ['a block without type', { text: 'x' }, 'missing required field: type [json-pointer:/blocks/0]'],
  [
    'an unknown key',
    { type: 'divider', color: 'red' },
    'no more than the documented keys allowed: color [json-pointer:/blocks/0]',
  ],
  [
    'text outside a section of rich text',
    rich({ type: 'text', text: 'x' }),
    'unsupported type: text [json-pointer:/blocks/0/elements/0/type]',
  ],
  ['a task of no known status', task({ status: 'done' }), 'must be a valid enum value [json-pointer:/blocks/0/status]'],
  [
    'an input with a button',
    input(button()),
    'unsupported type: button [json-pointer:/blocks/0/element/type]',
    'modal',
  ],
  ['a table in a modal', { type: 'table', rows: [] }, 'unsupported type: table [json-pointer:/blocks/0/type]', 'modal'],
  [
    'an alert in a message',
    { type: 'alert', text: plain('x') },
    'unsupported type: alert [json-pointer:/blocks/0/type]',
  ],
];

for (const [what, block, error, surface = 'message'] of invalid) {
  test(`Slack refuses ${what}`, () => assert.deepEqual(blockErrors([block], surface), [error]));
}

test('a message holds 50 blocks, a modal and the Home tab 100, and each block_id is used once', () => {
  assert.deepEqual(blockErrors(times(50, divider), 'message'), []);
  assert.deepEqual(blockErrors(times(51, divider), 'message'), [
    'no more than 50 items allowed [json-pointer:/blocks]',
  ]);
  assert.deepEqual(blockErrors(times(100, divider), 'home'), []);
  assert.equal(blockErrors(times(101, divider), 'modal').length, 1);
  const twice = times(2, { type: 'divider', block_id: 'd' });
  assert.deepEqual(blockErrors(twice, 'message'), ['block_id must be unique [json-pointer:/blocks/1/block_id]']);
});

test('a plan is refused where the newest blocks have not arrived', () => {
  const plan = [{ type: 'plan', title: 'Search' }];
  assert.deepEqual(blockErrors(plan, 'message', { newBlocks: false }), [
    'unsupported type: plan [json-pointer:/blocks/0/type]',
  ]);
});

test('a view has a title of 24 characters, metadata of 3000, and a submit button where it has an input', () => {
  const view = { type: 'modal', title: plain(x(24)), private_metadata: x(3000), blocks: [divider] };
  assert.deepEqual(viewErrors(view, 'modal'), []);
  const long = { ...view, title: plain(x(25)), private_metadata: x(3001) };
  assert.deepEqual(viewErrors(long, 'modal'), [
    'must be less than 25 characters [json-pointer:/view/title/text]',
    'must be less than 3001 characters [json-pointer:/view/private_metadata]',
  ]);
  const asking = { ...view, blocks: [input({ type: 'plain_text_input' })] };
  assert.deepEqual(viewErrors(asking, 'modal'), [
    'missing required field: submit, where a view has an input block [json-pointer:/view]',
  ]);
  assert.deepEqual(viewErrors({ type: 'home', blocks: [] }, 'home'), []);
});
