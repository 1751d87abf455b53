import type { ContextBlock } from '@slack/types';
import type { Window } from '../../capture/capture.ts';
import type { SearchOrder, StartOrder } from '../../capture/orders.ts';
import type { Command } from '../../command/command.ts';
import { utc, utcOf } from '../../reports/figures.ts';
import { line } from './text.ts';
import { context, plain, type View } from './view.ts';

/** The view with a last grey line that says how the command was understood. */
export function echoed(view: View, command: Command): View {
  return { text: view.text, blocks: [...view.blocks, echoBlock(command)] };
}

/** `Understood as: search -d "shop, yesterday" -e "host 192.0.2.7" --since 2026-11-23 02:10:05 UTC`. */
export function echoBlock(command: Command): ContextBlock {
  return context(plain(`Understood as: ${understoodAs(command)}`, 1000));
}

/** A command in the grammar's canonical words, every value as it was understood. */
export function understoodAs(command: Command): string {
  switch (command.verb) {
    case 'start':
      return words(
        'start',
        order(command.order),
        flag('-i', command.order.interface),
        flag('--snaplen', command.order.snaplen),
      );
    case 'search':
      return words('search', order(command.order), flag('--ring', command.order.ring), window(command.order.window));
    case 'list':
      return words(
        'list',
        quoted(command.selection.selector),
        on('--all', command.selection.all),
        on('-v', command.details),
      );
    case 'show':
      return words('show', quoted(command.id));
    case 'stop':
      return words('stop', command.selector === null ? '--all' : quoted(command.selector), on('-v', command.details));
    case 'audit':
      return words('audit', flag('--analyst', command.query.analyst), moment('--since', command.query.since));
    case 'digest':
      return words('digest', quoted(command.date));
    case 'whoami':
      return 'whoami';
    case 'help':
      return words('help', quoted(command.topic));
    default:
      return command satisfies never;
  }
}

function order(asked: StartOrder | SearchOrder): string {
  return words(
    flag('-d', asked.description),
    flag('-e', asked.expression),
    flag('-a', asked.analyst),
    flag('--case', asked.case),
  );
}

function window({ since, until }: Window): string {
  return words(since === null ? '' : `--since ${utcOf(since)}`, until === null ? '' : `--until ${utcOf(until)}`);
}

function moment(name: string, at: number | undefined): string {
  return at === undefined ? '' : `${name} ${utc(at)}`;
}

function flag(name: string, value: string | number | undefined): string {
  return value === undefined ? '' : `${name} ${quoted(String(value))}`;
}

function on(name: string, is: boolean): string {
  return is ? name : '';
}

function quoted(value: string | null | undefined): string {
  if (value === null || value === undefined) return '';
  const told = line(value, 300);
  return /^[\w.:/@-]+$/.test(told) ? told : `"${told}"`;
}

function words(...parts: string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
