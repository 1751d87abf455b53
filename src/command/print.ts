import type { Window } from '../capture/capture.ts';
import { headInWords, type StartOrder } from '../capture/orders.ts';
import { bytesInWords, durationInWords } from '../capture/quantities.ts';
import type { Command } from './command.ts';
import type { OptionName } from './form.ts';
import { isoTime } from './time.ts';
import { quoteWord } from './words.ts';

/** What needs no quotes and is no option. */
const plainWord = /^[A-Za-z0-9.]+$/;

/**
 * The line, without the door's name, that says a command in full: `parseCommand(splitWords(line))` gives the same command, at any time and
 * in any zone. For the echo of a command as it was understood.
 */
export function printCommand(command: Command): string {
  return [command.verb, ...optionsOf(command)].join(' ');
}

function optionsOf(command: Command): string[] {
  switch (command.verb) {
    case 'start':
      return sayLive(command.order);
    case 'both': {
      const { since, ring, join, confirmed } = command.order;
      return [
        ...sayLive(command.order),
        ...sayWindow({ since, until: null }),
        ...say('ring', ring),
        ...(join ? ['--join'] : []),
        ...(confirmed ? ['--yes'] : []),
      ];
    }
    case 'search': {
      const { order } = command;
      return [
        ...say('description', order.description, '-d'),
        ...say('expression', order.expression, '-e'),
        ...say('hosts', command.hosts),
        ...sayWindow(order.window),
        ...say('ring', order.rings?.join(',')),
        ...(order.exact ? ['--exact'] : []),
        ...(order.join ? ['--join'] : []),
        ...(order.confirmed ? ['--yes'] : []),
        ...say('case', order.case),
        ...say('analyst', order.analyst, '-a'),
      ];
    }
    case 'list': {
      const { selection, details } = command;
      return [...saySelector(selection.selector), ...(selection.all ? ['--all'] : []), ...(details ? ['-v'] : [])];
    }
    case 'show':
      return sayOne(command.selector);
    case 'stop':
      return [
        ...(command.selector === null ? ['--all'] : saySelector(command.selector)),
        ...(command.details ? ['-v'] : []),
      ];
    case 'extend':
      return [...say('for', durationInWords(command.by)), ...sayOne(command.selector)];
    case 'keep':
      return sayOne(command.selector);
    case 'approve':
      return command.id === null ? [] : [command.id];
    case 'deny':
      return command.id === null ? [] : [command.id, ...sayReason(command.reason)];
    case 'get':
      return sayOne(command.selector);
    case 'verify': {
      const { selector, hash } = command.order;
      return [...saySelector(selector ?? undefined), ...(hash ? ['--hash'] : [])];
    }
    case 'pin': {
      const { order } = command;
      if (order === null) return [];
      return [
        ...say('description', order.description, '-d'),
        ...sayWindow(order.window),
        ...say('for', order.duration && durationInWords(order.duration)),
        ...say('ring', order.ring),
        ...say('case', order.case),
      ];
    }
    case 'unpin':
      return [command.id];
    case 'audit': {
      if ('witnessed' in command) {
        const { witnessed } = command;
        return ['verify', ...say('head', witnessed === null ? undefined : headInWords(witnessed))];
      }
      const { analyst, since, last } = command.query;
      return [
        ...say('analyst', analyst, '-a'),
        ...say('since', since === undefined ? undefined : isoTime(since * 1_000)),
        ...say('last', last),
      ];
    }
    case 'digest':
      return command.date === null ? [] : [command.date];
    case 'index':
      return say('ring', command.order.ring);
    case 'whoami':
      return [];
    case 'doctor':
      return command.rebuild ? ['--rebuild'] : [];
    case 'help':
      return command.topic === null ? [] : [command.topic];
    default:
      return command satisfies never;
  }
}

function sayLive(order: StartOrder): string[] {
  return [
    ...say('description', order.description, '-d'),
    ...say('expression', order.expression, '-e'),
    ...say('interface', order.interface, '-i'),
    ...say('for', order.duration && durationInWords(order.duration)),
    ...say('max-size', order.maxBytes && bytesInWords(order.maxBytes)),
    ...say('packets', order.packets),
    ...say('snaplen', order.snaplen),
    ...(order.keep ? ['--keep'] : []),
    ...(order.exact ? ['--exact'] : []),
    ...say('case', order.case),
    ...say('analyst', order.analyst, '-a'),
  ];
}

function saySelector(selector: string | undefined): string[] {
  return selector !== undefined && plainWord.test(selector) ? [selector] : say('selector', selector, '-f');
}

function sayReason(reason: string | null): string[] {
  if (reason === null) return [];
  return reason.startsWith('-') ? ['--', quoteWord(reason)] : [quoteWord(reason)];
}

/** The capture of a verb that has no option for it. */
function sayOne(selector: string): string[] {
  return plainWord.test(selector) ? [selector] : ['--', quoteWord(selector)];
}

function sayWindow({ since, until }: Window): string[] {
  return [
    ...say('since', since === null ? undefined : isoTime(since)),
    ...say('until', until === null ? undefined : isoTime(until)),
  ];
}

function say(name: OptionName, value: string | number | undefined, letter?: string): string[] {
  if (value === undefined) return [];
  const text = String(value);
  // Glued to its name, even a value that looks like an option can be nothing else.
  return text.startsWith('-') ? [`--${name}=${quoteWord(text)}`] : [letter ?? `--${name}`, quoteWord(text)];
}
