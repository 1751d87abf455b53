import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { processingName, savefileName } from '../../src/capture/filename.ts';

const at = Date.UTC(2026, 10, 24, 2, 10, 5);
const order = { analyst: 'grant', description: 'traffic to shop.example' };

describe('a savefile is named', () => {
  test('as the original script named it', () => {
    assert.equal(
      savefileName('live', order, at, 1),
      'grant_traffic.to.shop.example_Tue.Nov24.2026-02.10.05.UTC_1795486205_.pcap',
    );
    assert.equal(
      savefileName('past', order, at, 1),
      'grant_traffic.to.shop.example_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap',
    );
  });

  test('with two digits for day and clock, and a number of its own for a second one in the same second', () => {
    assert.equal(
      savefileName('live', order, Date.UTC(2026, 0, 4, 3, 4, 5, 999), 2),
      'grant_traffic.to.shop.example.2_Sun.Jan04.2026-03.04.05.UTC_1767495845_.pcap',
    );
  });

  test('while a search writes it, with the process and the time reached', () => {
    const savefile = savefileName('past', order, at, 1);
    const rest = '_traffic.to.shop.example_Tue.Nov24.2026-02.10.05.UTC_1795486205_.past.pcap';
    assert.equal(processingName(savefile, 4711, 1_795_400_000_999_999), `grant.processing.4711.1795400000${rest}`);
    assert.equal(processingName(savefile, 4711, null), `grant.processing.4711.0${rest}`);
  });

  test('within 255 bytes and its directory, whatever was typed', () => {
    const hostile = [
      'x'.repeat(5_000),
      '😀'.repeat(2_500),
      '../../x',
      '/etc/passwd',
      'two\nlines\r\n',
      'a\0b',
      '.',
      '..',
      '-w /etc/x',
      '$(id)',
      '<!channel>',
      '\u202Egpj.exe',
      '\ud800',
    ];
    for (const description of hostile) isGoodName(description, 'grant');
    assert.match(savefileName('live', { analyst: 'grant', description: '../../x' }, at, 1), /^grant_\.\.\.\.\.\.x_Tue/);
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 80 }), isGoodName), {
      numRuns: 2_000,
      seed: 1,
    });
  });
});

function isGoodName(description: string, analyst: string): void {
  for (const kind of ['live', 'past'] as const) {
    const name = savefileName(kind, { analyst, description }, at, 99_999);
    const processing = processingName(name, 4_194_304, 9e15);
    for (const written of [name, processing]) {
      assert.match(written, /^[A-Za-z0-9._]+\.2026-02\.10\.05\.UTC_1795486205_(\.past)?\.pcap$/);
      // A link being moved and a sidecar being written add to the name.
      assert.ok(Buffer.byteLength(`${written}.json.4194304`) <= 255, written);
      assert.ok(!['.', '..'].includes(written));
    }
  }
}
