import { inspect } from 'node:util';
import { LogLevel, type Logger as SlackLogger } from '@slack/bolt';
import type { Logger } from 'pino';

/** Slack's packages log through this into ours. What they call debug is left out: it holds whole payloads, words of people included. */
export function slackLog(log: Logger): SlackLogger {
  const saying = (level: 'info' | 'warn' | 'error') => {
    return (...said: unknown[]) => log[level]({ said: withoutTokens(said.map(inWords).join(' ')) }, 'slack sdk');
  };
  return {
    debug: () => {},
    info: saying('info'),
    warn: saying('warn'),
    error: saying('error'),
    getLevel: () => LogLevel.INFO,
    setLevel: () => {},
    setName: () => {},
  };
}

/** The text with everything that looks like one of Slack's tokens, or a connection's ticket, blacked out. */
export function withoutTokens(text: string): string {
  return text
    .replaceAll(/\b(xox[a-z](?:\.xox[a-z])?|xapp)-[\w-]+/g, '$1-…')
    .replaceAll(/([?&]ticket=)[^&\s'"]+/g, '$1…');
}

function inWords(said: unknown): string {
  if (typeof said === 'string') return said;
  return said instanceof Error ? (said.stack ?? said.message) : inspect(said, { depth: 3 });
}
