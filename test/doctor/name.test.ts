import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { savefileName } from '../../src/capture/filename.ts';
import { readName } from '../../src/doctor/rebuild/name.ts';

test('what a savefile was named after is read back from its name, whatever was typed', () => {
  const order = fc.record({
    analyst: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/),
    description: fc.string({ unit: 'binary' }),
  });
  const seconds = fc.integer({ min: 0, max: 4e9 });
  fc.assert(
    fc.property(
      order,
      fc.constantFrom('live', 'past'),
      seconds,
      fc.integer({ min: 1, max: 99 }),
      (named, kind, at, copy) => {
        const name = readName(savefileName(kind, named, at * 1_000, copy));
        assert.equal(name?.kind, kind);
        assert.equal(name.analyst, named.analyst.replaceAll(/[^A-Za-z0-9]/g, '.'));
        assert.equal(name.startedAt, at * 1_000);
        assert.ok(name.words.startsWith(named.description.replaceAll(/[^A-Za-z0-9]/g, '.').slice(0, 100)));
      },
    ),
  );
});

test('other names tell nothing', () => {
  for (const name of [
    'holiday.pcap',
    'grant.processing.7.1_x_Tue_1_.past.pcap.json',
    '../grant_x_Tue_1_.pcap',
    'grant_x_Tue_1_.pcapng',
    '',
  ]) {
    assert.equal(readName(name), undefined, name);
  }
});
