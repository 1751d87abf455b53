import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { compileForInterface, compileProgram } from '../../src/capture/compiler.ts';
import { CaptureError } from '../../src/capture/errors.ts';
import { checkExpression } from '../../src/capture/expression.ts';
import { forEthernet, forOtherLinks, hostile, keywords, leaks, values } from './expressions.ts';
import { compileWatched, mayMakeNamespaces } from './resolver.ts';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'expression-test-'));
});
after(() => rmSync(directory, { recursive: true }));

describe('an expression', () => {
  test('of the language is taken as typed, and libpcap compiles it', async () => {
    for (const expression of forEthernet) {
      assert.equal(checkExpression(expression), expression);
      await assert.doesNotReject(compileProgram(expression, 1), expression);
    }
  });

  test('for other linktypes is left for libpcap to judge', () => {
    for (const expression of forOtherLinks) assert.equal(checkExpression(expression), expression);
  });

  test('loses the white space around it, and "everything" may be typed in capitals', () => {
    assert.equal(checkExpression('  host 192.0.2.7\n'), 'host 192.0.2.7');
    assert.equal(checkExpression(' Everything '), 'everything');
  });

  test('that is empty is asked for, with the word for all packets', () => {
    for (const nothing of ['', '   ', '\n\t']) {
      assert.throws(() => checkExpression(nothing), { code: 'bad_request', message: /everything/ });
    }
  });

  test('with a host name is refused, with that name and the hint to use the address', () => {
    for (const [expression, name] of leaks) {
      assert.throws(
        () => checkExpression(expression),
        (error) =>
          error instanceof CaptureError && error.code === 'bad_expression' && error.message.includes(`"${name}"`),
        expression,
      );
    }
    assert.throws(() => checkExpression('host evil.example'), { message: /use the address instead/ });
  });

  test('with a word of the language in capitals is refused, with the word as libpcap wants it', () => {
    assert.throws(() => checkExpression('Host 192.0.2.7'), { code: 'bad_expression', message: /"Host".*"host"/ });
    assert.throws(() => checkExpression('host 192.0.2.7 AND port 80'), { message: /small letters, "and"/ });
  });

  test('that no argument can carry is refused', () => {
    assert.throws(() => checkExpression('port 80\0or port 443'), { code: 'bad_expression', message: /NUL/ });
    assert.throws(() => checkExpression(`port 80${' or port 80'.repeat(2_000)}`), {
      code: 'bad_expression',
      message: /22007 characters; at most 20000/,
    });
  });

  test('of 5,000 characters is compiled', async () => {
    const long = Array.from({ length: 250 }, (_, at) => `host 10.0.${at}.1`).join(' or ');
    assert.ok(long.length > 4_000);
    await compileProgram(checkExpression(long), 1);
  });

  test('that libpcap does not accept is refused in its own words', async () => {
    const refused: [string, RegExp][] = [
      ['port 99999', /illegal port number 99999 > 65535/],
      ['host 1.2.3.999', /invalid IPv4 address '1\.2\.3\.999'/],
      ['port nosuchservice', /unknown port 'nosuchservice'/],
      ['net 192.0.2.1/24', /non-network bits set/],
      ['host 192.0.2.7 and (port 80', /syntax error after "host 192\.0\.2\.7"/],
      ['tcp port 80 or or udp', /syntax error after "tcp port 80"/],
      ['and', /syntax error$/],
    ];
    for (const [expression, words] of refused) {
      await assert.rejects(compileProgram(checkExpression(expression), 1), { code: 'bad_expression', message: words });
      await assert.rejects(compileForInterface(expression, 'lo'), { code: 'bad_expression', message: words });
    }
  });

  test('that looks like options or shell is refused, or is an expression and nothing else', async () => {
    for (const words of hostile) {
      await assert.rejects(
        async () => compileProgram(checkExpression(words), 1),
        (error) => error instanceof CaptureError && error.code === 'bad_expression',
        words,
      );
    }
  });
});

describe('DNS', async () => {
  const skip = (await mayMakeNamespaces()) ? false : 'network namespaces are not permitted here';
  const isTaken = (expression: string) => {
    try {
      checkExpression(expression);
      return true;
    } catch {
      return false;
    }
  };

  test('would be asked for the names that are refused: the watch works', { skip }, async () => {
    const { asked } = await compileWatched(directory, ['host evil.example', 'src beacon', 'dst TCP']);
    assert.deepEqual([...new Set(asked)].sort(), ['TCP', 'beacon', 'evil.example']);
  });

  test('is never asked for a word of the language, wherever it stands', { skip }, async () => {
    const taken = keywords.map((word) => `host ${word}`).filter(isTaken);
    assert.ok(taken.length > 100);
    assert.deepEqual((await compileWatched(directory, taken)).asked, []);
  });

  test('is never asked for an expression that is taken, however its words stand', { skip }, async () => {
    const word = fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...keywords, '(', ')', 'and', 'or', 'not', '!') },
      { weight: 3, arbitrary: fc.constantFrom('host', 'src', 'dst', 'net', 'port', 'proto', 'tcp port', 'ether host') },
      { weight: 3, arbitrary: fc.constantFrom(...values) },
      { weight: 1, arbitrary: fc.stringMatching(/^[A-Za-z0-9][-._:A-Za-z0-9]{0,12}$/) },
      { weight: 1, arbitrary: fc.oneof(fc.ipV4(), fc.ipV6(), fc.ipV4Extended()) },
    );
    const anyhow = fc.array(word, { minLength: 1, maxLength: 9 }).map((words) => words.join(' '));
    const value = fc.oneof(fc.constantFrom(...values), fc.stringMatching(/^[a-fA-F0-9.:-]{1,17}$/), fc.ipV6());
    const qualifier = fc.constantFrom(
      'host',
      'src',
      'dst host',
      'net',
      'ether host',
      'port',
      'ip proto',
      'type',
      'llc',
      '',
    );
    const primitive = fc.tuple(qualifier, value).map((pair) => pair.join(' '));
    const joined = fc
      .tuple(primitive, fc.constantFrom('and', 'or', '&& !', 'or not'), fc.constantFrom('', '('), primitive)
      .map(([first, join, open, second]) => [first, join, open, second, open && ')'].join(' '));
    const nested = fc
      .tuple(joined, fc.constantFrom('and', 'or'), value)
      .map(([inner, join, last]) => `host 192.0.2.7 and (${inner}) ${join} ${last}`);
    const sampled = fc.sample(fc.oneof(anyhow, primitive, joined, nested, nested), {
      numRuns: 6_000,
      seed: 20_261_124,
    });
    const taken = [...new Set(sampled)].filter(isTaken).slice(0, 450);
    assert.ok(taken.length === 450, `only ${taken.length} were taken`);
    const { compiled, asked } = await compileWatched(directory, taken);
    assert.deepEqual(asked, []);
    assert.ok(compiled.filter(({ code }) => code === 0).length > 40, 'enough of them are right');
  });
});
