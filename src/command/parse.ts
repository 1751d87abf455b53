import type { Window } from '../capture/capture.ts';
import type { AuditQuery, BothOrder, ChainHead, SearchOrder, StartOrder } from '../capture/orders.ts';
import type { PinOrder } from '../capture/pin.ts';
import type { Command, Setting } from './command.ts';
import { countOf, durationOf, missingDuration, sizeOf } from './counts.ts';
import type { Form } from './form.ts';
import { commandName } from './grammar.ts';
import { readWords, type Said } from './options.ts';
import { fromOriginal } from './original.ts';
import { refuse, typed } from './refuse.ts';
import { approvedOf, dateOf, denialOf, oneOf, onlyWord, pinIdOf, selectorOf, shownOf, stopSelector } from './tail.ts';
import { missingOfPin, readTexts } from './texts.ts';
import { parseTime } from './time.ts';
import { findForm } from './verbs.ts';

/**
 * The command that the words mean; no words mean help. Words as a shell hands them over, or as `splitWords(forgivePhone(text))`.
 * @throws CaptureError `bad_request`, and nothing else, with a sentence that says what was wrong and what to type instead
 */
export function parseCommand(words: readonly string[], setting: Setting): Command {
  const [first = 'help', ...rest] = words[0]?.startsWith('-') ? fromOriginal(words) : words;
  const form = findForm(first, setting.door, { rest });
  const said = readWords(rest, form, setting.door);
  if (said.options.has('help')) return { verb: 'help', topic: form.verb };
  switch (form.verb) {
    case 'start':
      return { verb: 'start', order: startOrder(said, form, setting) };
    case 'search':
      return defined({
        verb: form.verb,
        order: searchOrder(said, form, setting),
        hosts: said.options.get('hosts'),
      }) as Command;
    case 'both':
      return { verb: 'both', order: bothOrder(said, form, setting) };
    case 'list':
      return {
        verb: 'list',
        selection: defined({ selector: selectorOf(said, form, setting), all: said.options.has('all') }),
        details: said.options.has('verbose'),
      };
    case 'show':
      return { verb: 'show', selector: shownOf(said, form, setting) };
    case 'stop':
      return { verb: 'stop', selector: stopSelector(said, form, setting), details: said.options.has('verbose') };
    case 'extend': {
      const selector = oneOf(said, form, setting);
      return { verb: 'extend', selector, by: durationOf(said) ?? missingDuration(selector, setting) };
    }
    case 'keep':
      return { verb: 'keep', selector: oneOf(said, form, setting) };
    case 'approve':
      return { verb: 'approve', id: approvedOf(said, form, setting) };
    case 'deny':
      return { verb: 'deny', ...denialOf(said, form, setting) };
    case 'get':
      return { verb: 'get', selector: oneOf(said, form, setting) };
    case 'verify': {
      const selector = selectorOf(said, form, setting) ?? setting.about ?? null;
      return { verb: 'verify', order: { selector, hash: said.options.has('hash') } };
    }
    case 'pin':
      return { verb: 'pin', order: pinOrder(said, form, setting) };
    case 'unpin':
      return { verb: 'unpin', id: pinIdOf(said, form, setting) };
    case 'audit':
      return auditCommand(said, form, setting);
    case 'digest':
      return { verb: 'digest', date: dateOf(said, form, setting) };
    case 'index':
      onlyWord(said, form, setting);
      return { verb: 'index', order: { ring: oneRingOf(said, 'index') } };
    case 'whoami':
      onlyWord(said, form, setting);
      return { verb: 'whoami' };
    case 'doctor':
      onlyWord(said, form, setting);
      return { verb: 'doctor', rebuild: said.options.has('rebuild') };
    case 'help': {
      const topic = onlyWord(said, form, setting);
      return {
        verb: 'help',
        topic: topic === undefined ? null : findForm(topic, setting.door, { before: 'help ' }).verb,
      };
    }
    default:
      return form.verb satisfies never;
  }
}

function startOrder(said: Said, form: Form, { door }: Setting): StartOrder {
  const { options } = said;
  return defined({
    ...readTexts(said, form, door),
    interface: options.get('interface'),
    duration: durationOf(said),
    maxBytes: sizeOf(said),
    packets: countOf(said, 'packets'),
    snaplen: countOf(said, 'snaplen'),
    keep: said.options.has('keep') || undefined,
    exact: said.options.has('exact') || undefined,
    case: options.get('case'),
    analyst: options.get('analyst'),
  });
}

function bothOrder(said: Said, form: Form, setting: Setting): BothOrder {
  return defined({
    ...startOrder(said, form, setting),
    since: pastTime(said, 'since', setting),
    ring: ringOfBoth(said),
    join: said.options.has('join') || undefined,
    confirmed: said.options.has('yes') || undefined,
  });
}

function searchOrder(said: Said, form: Form, setting: Setting): SearchOrder {
  const { options } = said;
  return defined({
    ...readTexts(said, form, setting.door),
    window: windowOf(said, setting),
    rings: ringsOf(said),
    exact: options.has('exact') || undefined,
    join: options.has('join') || undefined,
    confirmed: options.has('yes') || undefined,
    case: options.get('case'),
    analyst: options.get('analyst'),
  });
}

/** `--ring dmz,lan` */
function ringsOf({ options }: Said): string[] | undefined {
  const text = options.get('ring');
  const names = text?.split(',').map((name) => name.trim());
  if (names?.includes(''))
    refuse(`--ring ${typed(text ?? '')} leaves a name out: write --ring dmz, or --ring dmz,lan for both`);
  return names;
}

/** A live capture is on one interface: only a ring of it can meet it. */
function ringOfBoth(said: Said): string | undefined {
  const [ring, ...others] = ringsOf(said) ?? [];
  if (others.length > 0)
    refuse(
      `both takes one ring, that of the interface it captures on: write --ring ${ring}, and search ${others.join(' and ')} with search --ring ${others.join(',')}`,
    );
  return ring;
}

/** The ring of a verb that is about one at a time. */
function oneRingOf(said: Said, verb: 'pin' | 'index'): string | undefined {
  const [ring, ...others] = ringsOf(said) ?? [];
  if (others.length > 0)
    refuse(`${verb} takes one ring: write --ring ${ring}, then the same for ${others.join(' and ')}`);
  return ring;
}

/** Without any option it is no order: what is pinned is listed. */
function pinOrder(said: Said, form: Form, setting: Setting): PinOrder | null {
  onlyWord(said, form, setting);
  const { options } = said;
  if (options.size === 0) return null;
  const { since, until } = windowOf(said, setting);
  const description = options.get('description');
  if (description === undefined || since === null) return missingOfPin(description, setting);
  return defined({
    description,
    window: { since, until },
    ring: oneRingOf(said, 'pin'),
    case: options.get('case'),
    duration: durationOf(said),
  });
}

function windowOf(said: Said, setting: Setting): Window {
  const since = pastTime(said, 'since', setting);
  const until = pastTime(said, 'until', setting);
  if (since !== null && until !== null && since >= until) {
    const [from, to] = [said.options.get('since') ?? '', said.options.get('until') ?? ''];
    refuse(`--since ${typed(from)} is not before --until ${typed(to)}: give the earlier time to --since`);
  }
  return { since, until };
}

function pastTime(said: Said, name: 'since' | 'until', setting: Setting): number | null {
  const text = said.options.get(name);
  if (text === undefined) return null;
  // Not before: at the shell, to know the zone's name takes 20 ms.
  const { now, timezone } = setting;
  const at = parseTime(text, now, timezone);
  const instead = name === 'since' ? 'give a time before now' : 'leave it out to search up to now';
  if (at > now * 1_000) refuse(`--${name} ${typed(text)} is in the future (in ${timezone}): ${instead}`);
  return at;
}

function auditCommand(said: Said, form: Form, setting: Setting): Command {
  const word = onlyWord(said, form, setting)?.toLowerCase();
  const head = said.options.get('head');
  const name = commandName(setting.door);
  if (word === undefined) {
    if (head !== undefined) refuse(`--head is for audit verify: write ${name} audit verify --head ${head}`);
    return { verb: 'audit', query: auditQuery(said, setting) };
  }
  if (word !== 'verify')
    refuse(`audit does not take ${typed(word)}: write ${name} audit verify, or ${name} audit alone`);
  const other = (['analyst', 'since', 'last'] as const).find((name) => said.options.has(name));
  if (other !== undefined) refuse(`audit verify walks the whole log: leave --${other} out`);
  return { verb: 'audit', witnessed: head === undefined ? null : headOf(head) };
}

function headOf(text: string): ChainHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    return refuse(
      `--head ${typed(text)} is no entry and its hash: write them as a digest tells them, 12:5f.. with all 64 digits`,
    );
  }
  return { seq: Number(seq), hash: hash.toLowerCase() };
}

function auditQuery(said: Said, setting: Setting): AuditQuery {
  const since = pastTime(said, 'since', setting);
  return defined({
    analyst: said.options.get('analyst'),
    since: since === null ? undefined : Math.floor(since / 1_000),
    last: countOf(said, 'last'),
  });
}

/** An order without the keys that were not given. */
function defined<Order extends object>(order: Order): Order {
  return Object.fromEntries(Object.entries(order).filter(([, value]) => value !== undefined)) as Order;
}
