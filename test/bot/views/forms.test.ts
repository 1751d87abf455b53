import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import type { ModalView } from '@slack/types';
import fc from 'fast-check';
import { formFor, formFromAlert } from '../../../src/bot/forms/beginning.ts';
import { errorView } from '../../../src/bot/views/error.ts';
import { formView, noticeModal, waitingModal } from '../../../src/bot/views/form.ts';
import type { FormState, Way } from '../../../src/bot/views/form-state.ts';
import { CaptureError } from '../../../src/capture/errors.ts';
import type { Draft } from '../../../src/command/draft.ts';
import { modalFaults } from './limits.ts';

const installation = { interfaces: ['eth1', 'eth2'], rings: ['dmz', 'lan'] };
const place = { channel: 'C024BE91L', responseUrl: 'https://hooks.slack.com/commands/T024BE7LD/1/x' };
const asked: Draft = { verb: 'start', options: {} };
const typed: Draft = {
  verb: 'search',
  options: {
    description: 'shop',
    expression: 'host 192.0.2.7',
    since: '2026-11-24T00:10:05Z',
    exact: '',
    analyst: 'will',
  },
};
const alert = 'Beacon to 203.0.113[.]9\nfrom 10.0.0.5 to hxxp://203.0.113[.]9:4444/x';
const refused = new CaptureError('no_room', '1GB is free, and 5GB must stay free (limits.freeSpace): make room first');

const golden: Record<string, ModalView | null> = {
  'form-start': formView(formFor(asked, place), installation),
  'form-start-more': formView({ ...formFor(asked, place), more: true }, installation),
  'form-search': formView(formFor(typed, place), installation),
  'form-both-more': formView({ ...formFor({ ...typed, verb: 'both' }, place), more: true }, installation),
  'form-from-anywhere': formView(formFor(asked, { channel: null, responseUrl: null }), installation),
  'form-alert': formView(formFromAlert(alert, place), installation),
  'form-alert-many': formView(
    formFromAlert(Array.from({ length: 12 }, (_, at) => `8.8.4.${at}`).join(' '), place),
    installation,
  ),
  'form-alert-names': formView(
    formFromAlert(`C2 at ${Array.from({ length: 7 }, (_, at) => `c${at}[.]evil.example`).join(', ')}`, place),
    installation,
  ),
  'form-refused': formView(formFor(typed, place), installation, errorView(refused)),
  'form-waiting': waitingModal('One moment'),
  'form-not-allowed': noticeModal(
    'Capture packets',
    errorView(new CaptureError('not_allowed', 'guests may not use capture')),
  ),
};

for (const [name, view] of Object.entries(golden)) {
  test(`${name} looks as it did`, () => {
    assert.ok(view !== null);
    const file = new URL(`golden/${name}.json`, import.meta.url);
    // Paste a file into https://app.slack.com/block-kit-builder to see it.
    const drawn = `${JSON.stringify(view, null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, drawn);
    // As values: the formatter puts short lists on one line.
    const before = JSON.parse(readFileSync(file, 'utf8'));
    assert.deepEqual(JSON.parse(drawn), before, 'run with UPDATE_GOLDEN=1 if it should look different now');
    assert.deepEqual(modalFaults(view), []);
  });
}

test('on a phone a form begins with few fields', () => {
  for (const name of ['form-start', 'form-search', 'form-alert']) {
    const fields = golden[name]?.blocks.filter(({ type }) => type === 'input') ?? [];
    assert.ok(fields.length > 0 && fields.length <= 5, `${fields.length} in ${name}`);
  }
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 4_000, size: 'max' }),
  fc.constantFrom(
    '<!channel> <@U1> <http://evil.example|safe>',
    `\u202E${'gnp.exe'.repeat(1_400)}`,
    '\u200b\u0000\ud800\n'.repeat(300),
    'x'.repeat(10_000),
    '````:smile:*bold*',
    '',
  ),
);
const ways: fc.Arbitrary<Way> = fc.oneof(
  fc.constant({ way: 'written' } as const),
  fc.record({ address: hostile, port: hostile }).map((words) => ({
    way: 'fields' as const,
    fields: { ...words, protocol: 'any' as const, direction: 'either' as const },
  })),
);
const forms: fc.Arbitrary<FormState> = fc.record({
  draft: fc.record({
    verb: fc.constantFrom('start' as const, 'search' as const, 'both' as const),
    options: fc.record(
      {
        description: hostile,
        expression: hostile,
        case: hostile,
        for: hostile,
        interface: hostile,
        analyst: hostile,
        since: hostile,
      },
      { requiredKeys: [] },
    ),
  }),
  way: ways,
  more: fc.boolean(),
  place: fc.constantFrom(place, { channel: null, responseUrl: null }),
});

test('whatever was typed, a form keeps Slack’s limits and is not steered by it', () => {
  fc.assert(
    fc.property(forms, hostile, (form, words) => {
      for (const trouble of [null, errorView(new CaptureError('bad_request', words))]) {
        const view = formView(form, installation, trouble);
        if (view !== null) assert.deepEqual(modalFaults(view), []);
        if (trouble !== null) assert.deepEqual(modalFaults(noticeModal('Capture packets', trouble)), []);
      }
    }),
    { numRuns: 300 },
  );
});

test('whatever an alert says, a form can be made of it', () => {
  fc.assert(
    fc.property(hostile, (words) => {
      const view = formView(formFromAlert(`${words} 203.0.113.9 evil.example`, place), installation);
      assert.ok(view !== null);
      assert.deepEqual(modalFaults(view), []);
    }),
  );
});
