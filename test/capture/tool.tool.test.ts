import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { runTool } from '../../src/capture/tool.ts';

describe('a tool run to its end', () => {
  test('gives what it said, on both streams, and takes what it is given', async () => {
    const ran = await runTool('sh', ['-c', 'cat; echo ü >&2'], { input: Buffer.alloc(300_000, 'a') });
    assert.deepEqual(ran, {
      ...{ stdout: 'a'.repeat(300_000), stderr: 'ü\n' },
      ...{ failed: false, timedOut: false, shortMessage: '' },
    });
  });

  test('that fails says with what, whether or not it reads what it is given', async () => {
    const ran = await runTool('sh', ['-c', 'exec <&-; echo no >&2; exit 3'], { input: Buffer.alloc(2 ** 20) });
    assert.partialDeepStrictEqual(ran, {
      stderr: 'no\n',
      failed: true,
      timedOut: false,
      shortMessage: 'sh ended with 3',
    });
  });

  test('that takes longer than anybody waits is killed', async () => {
    const ran = await runTool('sleep', ['60'], { patience: 50 });
    assert.partialDeepStrictEqual(ran, { failed: true, timedOut: true, shortMessage: 'sleep ended with SIGKILL' });
  });

  test('that is not there, or cannot be told what it is told, has failed in words', async () => {
    assert.match((await runTool('no-such-tool', [])).shortMessage, /ENOENT/);
    assert.match((await runTool('true', ['x'.repeat(3_000_000)])).shortMessage, /E2BIG/);
    assert.match((await runTool('true', ['\0'])).shortMessage, /null bytes/);
  });
});
