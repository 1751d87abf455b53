import assert from 'node:assert/strict';
import { test } from 'node:test';
import { slackLog, withoutTokens } from '../../src/bot/log.ts';
import { keptLog } from './sample.ts';

test('no token reaches a log', () => {
  const line =
    '{"a":"Bearer xapp-1-A024-99-abcdef","b":"xoxb-12-34-abc","c":"xoxe.xoxp-1-Mi0y","u":"wss://x/?ticket=abc&b=1"}';
  assert.equal(withoutTokens(line), '{"a":"Bearer xapp-…","b":"xoxb-…","c":"xoxe.xoxp-…","u":"wss://x/?ticket=…&b=1"}');
});

test('what Slack’s packages say is logged with its error’s stack, their debug lines are not', () => {
  const { log, lines } = keptLog();
  const slack = slackLog(log);
  slack.debug('payload', { text: 'secret words' });
  slack.error('it broke', new Error('socket hang up'));
  assert.equal(lines.length, 1);
  assert.match(String(lines[0]?.said), /^it broke Error: socket hang up\n {4}at /);
});
