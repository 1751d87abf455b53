import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Capture, RingFileReport, State } from '../../../src/capture/capture.ts';
import { outcomeNames } from '../../../src/reports/coverage.ts';
import { everyViewOf } from './every-view.ts';
import { faultsOf } from './limits.ts';
import { ended, found, live, past, reports } from './samples.ts';

const hostileWords = [
  '',
  ' ',
  '\n\n\n',
  '<!channel> <@U1> <#C1|x> <http://evil.example|safe> &lt;!here&gt;',
  '@channel @here *bold* _it_ ~no~ `code` ```block``` :smile: > quote',
  '-w /etc/x $(id) ../../x',
  'x'.repeat(10_000),
  '&<>'.repeat(3000),
  '😀👩‍💻'.repeat(2000),
  'line\r\n'.repeat(2000),
  `\u202E${'gnp.exe'.repeat(1000)}`,
  '\u0000\u0007\u001b[31m\u200b\u2066\ufeff\ud800'.repeat(800),
  '\u115f\u3164\u00ad\u{e0041}',
  '``````'.repeat(1500),
];

const states: State[] = ['starting', 'running', 'stopping', 'stopped', 'finished', 'cancelled', 'died', 'failed'];

for (const words of hostileWords) {
  test(`no view breaks a limit or lets itself be steered by ${JSON.stringify(words.slice(0, 24))}`, () => {
    for (const state of states) {
      const typed = {
        description: words,
        expression: words,
        case: words,
        analyst: words,
        orderedBy: words,
        approvedBy: words,
        why: words,
        savefile: words,
        path: words,
      };
      const troubled = Array.from(
        { length: 2000 },
        (): RingFileReport => ({ file: words, outcome: 'damaged', from: null, to: 1, packets: 0, detail: words }),
      );
      for (const capture of [
        live({ ...typed, state, interface: words }),
        past({ ...found, ...typed, state, ring: words, sha256: words }),
      ]) {
        assertFaultless(everyViewOf(capture, troubled, words));
      }
    }
  });
}

test('no view breaks a limit with all that can be null at null', () => {
  const nothing = {
    interface: null,
    ring: null,
    window: null,
    why: null,
    bytes: null,
    packets: null,
    counts: null,
    sha256: null,
    facts: null,
    progress: null,
    coverage: null,
  };
  for (const state of states) {
    for (const capture of [live({ ...nothing, state }), past({ ...nothing, state })])
      assertFaultless(everyViewOf(capture, [], 'x'));
  }
});

test('no view breaks a limit with an arbitrary capture', () => {
  fc.assert(
    fc.property(captures, fc.array(ringFiles, { maxLength: 40 }), words, (capture, files, typed) => {
      assertFaultless(everyViewOf(capture, files, typed));
    }),
    { numRuns: 60 },
  );
});

test('the ordinary samples are faultless', () => {
  for (const capture of [live(), live(ended), past(), past(found)])
    assertFaultless(everyViewOf(capture, reports, 'host 192.0.2.7'));
});

function assertFaultless(views: ReturnType<typeof everyViewOf>) {
  for (const [name, view] of Object.entries(views)) assert.deepEqual(faultsOf(view), [], name);
}

const words = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 6000, size: 'max' }),
  fc.string({ maxLength: 80 }),
  fc.constantFrom(...hostileWords),
);
const amount = fc.oneof(
  fc.nat(),
  fc.constantFrom(0, 1023, 1024, 2 ** 53, 1e300, Number.NaN, Number.POSITIVE_INFINITY, -1),
);
const amountOrNull = fc.option(amount);

const captures: fc.Arbitrary<Capture> = fc
  .record({
    kind: fc.constantFrom('live' as const, 'past' as const),
    state: fc.constantFrom(...states),
    analyst: words,
    orderedBy: words,
    description: words,
    expression: words,
    case: fc.option(words),
    interface: fc.option(words),
    ring: fc.option(words),
    window: fc.option(fc.record({ since: amountOrNull, until: amountOrNull })),
    startedAt: amount,
    endedAt: amountOrNull,
    why: fc.option(words),
    bytes: amountOrNull,
    packets: amountOrNull,
    counts: fc.option(
      fc.record({ captured: amountOrNull, receivedByFilter: amountOrNull, droppedByKernel: amountOrNull }),
    ),
    sha256: fc.option(words),
    coverage: fc.option(fc.dictionary(fc.constantFrom(...outcomeNames), amount)),
    progress: fc.option(
      fc.record({
        filesDone: amount,
        filesTotal: amount,
        bytesDone: amount,
        bytesTotal: amount,
        reached: amountOrNull,
        packets: amount,
      }),
    ),
    facts: fc.option(
      fc.record({
        packets: amount,
        fileBytes: amount,
        dataBytes: amount,
        firstAt: amountOrNull,
        lastAt: amountOrNull,
        linktype: amount,
        snaplen: amount,
        precision: fc.constantFrom('microseconds' as const, 'nanoseconds' as const),
        cutAt: amountOrNull,
      }),
    ),
  })
  .map((changes) => live(changes));

const ringFiles: fc.Arbitrary<RingFileReport> = fc.record({
  file: words,
  outcome: fc.constantFrom(...outcomeNames),
  from: amountOrNull,
  to: amountOrNull,
  packets: amount,
  detail: fc.option(words),
});
