import type { Door, Verb } from './command.ts';
import { type Form, type Option, option } from './form.ts';

const both: readonly Door[] = ['shell', 'slack'];

const description = option('description', 'd', 'TEXT', 'why it is captured');
const expression = option('expression', 'e', 'EXPRESSION', 'what, as tcpdump takes it; or everything');
const caseName = option('case', null, 'CASE', 'the incident that it belongs to');
const analyst = option('analyst', 'a', 'NAME', 'whose it is, when a lead acts for somebody');
const selector = option('selector', 'f', 'SELECTOR', 'an id, or a word of what list -v shows');
const verbose = option('verbose', 'v', null, 'in detail');
const since = option('since', null, 'TIME', 'from: 2h, 09:30, yesterday, 2026-11-24T02:10Z');
const until = option('until', null, 'TIME', 'up to: 30m ago, 10:15, 2026-11-24T03:00Z');

const ring = option('ring', null, 'NAME', 'which ring; the first configured one without it');
const join = option('join', null, null, 'one further savefile of all packets');
const exact = option('exact', null, null, 'as typed: no expansion for VLAN tags');

const yes = option('yes', null, null, 'not asked first, however much it reads');

/** What a live capture takes beside what every order does. */
const liveOptions = [
  option('interface', 'i', 'IFACE', 'where; the first configured interface without it'),
  option('for', null, 'DURATION', 'how long, at most: 30m, 2h, 7d'),
  option('max-size', null, 'SIZE', 'how large: 500MB, 10GB; looked at each second'),
  option('packets', null, 'N', 'how many packets, at most'),
  option('snaplen', null, 'N', 'bytes kept of each packet'),
  option('keep', null, null, 'started again after a reboot'),
];

/** Answers to `-h`, `-?` and `--help` after any verb. */
export const helpOption = option('help', 'h', null, 'this help');

/** The one grammar of both doors. */
export const grammar: Readonly<Record<Verb, Form>> = {
  start: {
    verb: 'start',
    says: 'starts a live capture',
    usage: '-d TEXT -e EXPRESSION [OPTIONS]',
    tail: 'EXPRESSION',
    options: [description, expression, ...liveOptions, exact, caseName, analyst],
    doors: both,
    examples: [
      "start -d 'traffic to shop' -e 'host 192.0.2.7'",
      "start -d 'odd DNS' --case INC-7 --for 2h host 192.0.2.7 and port 53",
    ],
  },
  search: {
    verb: 'search',
    says: 'merges what a ring holds, or several, into one savefile',
    usage: '-d TEXT -e EXPRESSION [OPTIONS]',
    tail: 'EXPRESSION',
    options: [
      description,
      expression,
      { ...option('hosts', null, 'FILE', 'a host or net of the list FILE, too; - is stdin'), doors: ['shell'] },
      since,
      until,
      option('ring', null, 'NAME,NAME', 'which rings; the first configured one without it'),
      exact,
      join,
      yes,
      caseName,
      analyst,
    ],
    doors: both,
    examples: [
      "search -d 'shop, today' --since 24h host 192.0.2.7",
      "search -d 'beacon' -e 'port 4444' --since 24h --until 2h",
      "search -d 'both sides' --ring dmz,lan --since 2h host 192.0.2.7",
    ],
  },
  both: {
    verb: 'both',
    says: 'starts a live capture and searches the ring up to it',
    usage: '-d TEXT -e EXPRESSION [OPTIONS]',
    tail: 'EXPRESSION',
    options: [description, expression, since, ...liveOptions, ring, exact, join, yes, caseName, analyst],
    doors: both,
    examples: ["both -d 'beacon' --since 24h --join -e 'port 4444'"],
  },
  list: {
    verb: 'list',
    says: 'what is running, newest first; --all what was, too',
    usage: '[OPTIONS] [SELECTOR]',
    tail: 'SELECTOR',
    options: [selector, option('all', null, null, 'ended ones, too'), verbose],
    doors: both,
    examples: ['list', 'list grant -v', 'list --all INC-7'],
  },
  show: {
    verb: 'show',
    says: 'one capture in full, or a request',
    usage: 'ID',
    tail: 'ID',
    options: [],
    doors: both,
    examples: ['show c12', 'show shop'],
  },
  stop: {
    verb: 'stop',
    says: "stops, then prints the capture and its savefile's facts",
    usage: '[OPTIONS] SELECTOR | --all',
    tail: 'SELECTOR',
    options: [selector, option('all', null, null, 'every one that you may stop'), verbose],
    doors: both,
    examples: ['stop c12', 'stop grant -v', 'stop --all'],
  },
  extend: {
    verb: 'extend',
    says: 'moves the end of a live capture',
    usage: 'ID --for DURATION',
    tail: 'ID',
    options: [option('for', null, 'DURATION', 'by how much: 30m, 2h')],
    doors: both,
    examples: ['extend c12 --for 2h'],
  },
  keep: {
    verb: 'keep',
    says: 'has a live capture started again after a reboot',
    usage: 'ID',
    tail: 'ID',
    options: [],
    doors: both,
    examples: ['keep c12'],
  },
  approve: {
    verb: 'approve',
    says: 'starts what waits for a second person; alone: what waits',
    usage: '[REQUEST]',
    tail: 'REQUEST',
    options: [],
    doors: both,
    examples: ['approve', 'approve a3'],
  },
  deny: {
    verb: 'deny',
    says: 'ends what waits for a second person, or takes yours back',
    usage: '[REQUEST] [REASON]',
    tail: 'REQUEST',
    options: [],
    doors: both,
    examples: ['deny a3', 'deny a3 too broad: name a host'],
  },
  get: {
    verb: 'get',
    says: 'how to fetch the savefile: scp line, size, digest',
    usage: 'ID',
    tail: 'ID',
    options: [],
    doors: both,
    examples: ['get c12'],
  },
  verify: {
    verb: 'verify',
    says: 'which savefiles hold; ends with 1 when one changed or vanished',
    usage: '[OPTIONS] [SELECTOR]',
    tail: 'SELECTOR',
    options: [selector, option('hash', null, null, 'makes digests where there are none, as -m does')],
    doors: both,
    examples: ['verify c12', 'verify --hash grant', 'verify'],
  },
  pin: {
    verb: 'pin',
    says: 'keeps ring files from being pruned; alone: what is pinned',
    usage: '-d TEXT --since TIME [OPTIONS]',
    tail: null,
    options: [
      option('description', 'd', 'TEXT', 'why they are kept'),
      since,
      until,
      option('for', null, 'DURATION', 'how long they are kept: 12h, 7d'),
      ring,
      caseName,
    ],
    doors: both,
    examples: ["pin -d 'open incident' --case INC-7 --since 6h", "pin -d 'beacon' --since 02:00 --until 04:00", 'pin'],
  },
  unpin: {
    verb: 'unpin',
    says: 'lets pinned ring files go',
    usage: 'PIN',
    tail: 'PIN',
    options: [],
    doors: both,
    examples: ['unpin p1'],
  },
  audit: {
    verb: 'audit',
    says: 'who did what, when, from where; audit verify walks its hashes',
    usage: '[OPTIONS] [verify]',
    tail: 'verify',
    options: [
      option('analyst', 'a', 'NAME', 'of one analyst'),
      since,
      option('last', null, 'N', 'the newest entries only'),
      option('head', null, 'HEAD', 'verify: an entry as a digest tells it, 12:5f..'),
    ],
    doors: both,
    examples: ['audit --last 20', 'audit --analyst grant --since 7d', 'audit verify'],
  },
  digest: {
    verb: 'digest',
    says: 'the daily report',
    usage: '[DATE]',
    tail: 'DATE',
    options: [],
    doors: both,
    examples: ['digest', 'digest yesterday', 'digest 2026-11-23'],
  },
  index: {
    verb: 'index',
    says: 'indexes the ring files that nobody writes to any more',
    usage: '[OPTIONS]',
    tail: null,
    options: [option('ring', null, 'NAME', 'which ring; all without it')],
    doors: ['shell'],
    examples: ['index', 'index --ring dmz'],
  },
  whoami: {
    verb: 'whoami',
    says: 'who you are here, and your role',
    usage: '',
    tail: null,
    options: [],
    doors: both,
    examples: ['whoami'],
  },
  doctor: {
    verb: 'doctor',
    says: 'what is wrong with this installation, and how to mend it',
    usage: '[OPTIONS]',
    tail: null,
    options: [
      {
        ...option('rebuild', null, null, 'makes a damaged registry anew from the sidecars'),
        doors: ['shell'],
      },
    ],
    doors: both,
    examples: ['doctor', 'doctor --rebuild'],
  },
  help: {
    verb: 'help',
    says: 'this, or all about one verb',
    usage: '[VERB]',
    tail: 'VERB',
    options: [],
    doors: both,
    examples: ['help', 'help start'],
  },
};

/** The verbs of a door, in the order that help shows them. */
export function formsAt(door: Door): Form[] {
  return Object.values(grammar).filter((form) => form.doors.includes(door));
}

/** How a door's commands begin. */
export function commandName(door: Door): string {
  return door === 'slack' ? '/capture' : 'capture';
}

/** The options of a form at a door, help included. */
export function optionsOf(form: Form, door: Door): readonly Option[] {
  return [...form.options.filter(({ doors }) => doors?.includes(door) ?? true), helpOption];
}

/** Options of the shell door itself, outside every verb. */
export const doorForms: readonly { readonly name: string; readonly value: string | null; readonly says: string }[] = [
  { name: 'json', value: null, says: 'one JSON document instead of lines; a search prints one a line as it goes' },
  { name: 'config', value: 'FILE', says: 'the configuration of the installation' },
  { name: 'version', value: null, says: 'which capture this is' },
];
export const doorWords: readonly string[] = doorForms.map(({ name }) => `--${name}`);

/** Whether the word after this one is its value, whatever it looks like: `--since`, `-d`, and `-ra` of the original's bundles. */
export function takesNextWord(word: string): boolean {
  const letter = /^-[A-Za-z?]*([A-Za-z])$/.exec(word)?.[1];
  const valued = Object.values(grammar)
    .flatMap((form) => form.options)
    .filter(({ value }) => value !== null);
  return valued.some((known) => word.toLowerCase() === `--${known.name}` || known.letter === letter);
}
