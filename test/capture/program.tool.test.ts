import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileProgram } from '../../src/capture/compiler.ts';

const hosts = (count: number): string =>
  Array.from({ length: count }, (_, at) => `host 10.0.${at >> 8}.${at & 0xff}`).join(' or ');

describe('the program of an expression', () => {
  test('is what libpcap makes of it for files of the linktype', async () => {
    assert.deepEqual(await compileProgram('ip', 1), [
      { code: 0x28, jt: 0, jf: 0, k: 12 },
      { code: 0x15, jt: 0, jf: 1, k: 0x0800 },
      { code: 0x06, jt: 0, jf: 0, k: 262_144 },
      { code: 0x06, jt: 0, jf: 0, k: 0 },
    ]);
    assert.notDeepEqual(await compileProgram('ip', 101), await compileProgram('ip', 1));
    // For an interface libpcap looks for tags beside the packet, too: a file has them only inside.
    assert.ok((await compileProgram('vlan', 1)).every(({ k }) => k < 0x8000_0000));
  });

  test('that means everything accepts', async () => {
    assert.deepEqual(await compileProgram('everything', 1), [{ code: 0x06, jt: 0, jf: 0, k: 262_144 }]);
  });

  test('that libpcap optimises too slowly is taken without', async () => {
    const began = performance.now();
    const program = await compileProgram(hosts(700), 1);
    assert.ok(program.length > 15_000, `${program.length} instructions`);
    // Optimising it takes libpcap over 10 s here.
    assert.ok(performance.now() - began < 30_000);
    assert.ok((await compileProgram(hosts(20), 1)).length < 100, 'a short one is optimised');
  });

  test('that libpcap refuses is refused in its words', async () => {
    await assert.rejects(compileProgram('port 99999', 1), {
      code: 'bad_expression',
      message: /illegal port number 99999 > 65535/,
    });
    await assert.rejects(compileProgram('tcp port 80 or or udp', 1), {
      code: 'bad_expression',
      message: /syntax error after "tcp port 80"/,
    });
    await assert.rejects(compileProgram('-w /tmp/x', 1), { code: 'bad_expression' });
  });

  test('is waited for no longer than the patience there is', async () => {
    await assert.rejects(compileProgram(hosts(701), 1, 300), {
      code: 'bad_expression',
      message: /more than 0\.3 s to compile/,
    });
    await assert.rejects(compileProgram(hosts(701), 1, 2_050), {
      code: 'bad_expression',
      message: /more than 2\.05 s to compile/,
    });
  });

  test('is compiled once for many files, while it is among the last sixteen', async () => {
    const program = await compileProgram('port 4711', 1);
    assert.equal(await compileProgram('port 4711', 1), program);
    for (let port = 1; port <= 16; port += 1) await compileProgram(`port ${port}`, 1);
    assert.notEqual(await compileProgram('port 4711', 1), program);
    assert.deepEqual(await compileProgram('port 4711', 1), program);
  });
});
