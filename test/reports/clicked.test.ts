import assert from 'node:assert/strict';
import { test } from 'node:test';
import { orderInWords } from '../../src/reports/clicked.ts';

for (const [words, told] of [
  ['/capture stop c12', '/capture stop c12'],
  ['', 'stop'],
  ['[Stop] c3', '[Stop] c3'],
  ['[Extend 2h] c3 1795486205000 7200000', '[Extend 2h] c3'],
  ['[Approve] a3 1795486205000', '[Approve] a3'],
  ['[Share] {"verb":"show","id":"c3"}', '[Share] c3'],
  ['[Share] {"verb":"list","selection":{"all":true,"selector":"shop floor"}}', '[Share] list --all shop floor'],
  ['[Share] {"verb":"list","selection":{"all":false}}', '[Share] list'],
  ['[Share] {"verb":', '[Share]'],
  ['[Search] 5f0c1c1e-7d3b-4b8e-9a57-9f9e8f1f2a3b', '[Search]'],
  ['[Search] /capture search -d x everything', '[Search] /capture search -d x everything'],
  ['[Fill in] start -d "x y"', '[Fill in] start -d "x y"'],
  ['[Start a capture]', '[Start a capture]'],
] as const) {
  test(`${JSON.stringify(words)} is told as ${told}`, () => assert.equal(orderInWords({ verb: 'stop', words }), told));
}
