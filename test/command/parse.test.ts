import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command, Door } from '../../src/command/command.ts';
import { parseCommand } from '../../src/command/parse.ts';
import { splitWords } from '../../src/command/words.ts';

const now = Date.parse('2026-11-24T10:00:00Z');
const hour = 3_600_000;
const day = 86_400_000;
const text = { description: 'traffic to shop', expression: 'host 192.0.2.7' };
const started: Command = { verb: 'start', order: text };
const unbounded = { since: null, until: null };
const since = (millisAgo: number) => ({ since: (now - millisAgo) * 1_000, until: null });

function parse(line: string, door: Door = 'shell'): Command {
  return parseCommand(splitWords(line), { door, now, timezone: 'Europe/Berlin' });
}

const understood: readonly [title: string, line: string, command: Command][] = [
  ['a start says why and what', "start -d 'traffic to shop' -e 'host 192.0.2.7'", started],
  ['long names work as the letters do', "start --description='traffic to shop' --expression 'host 192.0.2.7'", started],
  ['an unquoted tail is the expression', "start -d 'traffic to shop' host 192.0.2.7", started],
  ['an option may follow the tail', "start host 192.0.2.7 -d 'traffic to shop'", started],
  ['key=value works, whatever its case', "START Description='traffic to shop' host 192.0.2.7", started],
  [
    'all after -- is the expression, whatever it looks like',
    "start -d 'odd' -- -w /etc/x --json case=1",
    { verb: 'start', order: { description: 'odd', expression: '-w /etc/x --json case=1' } },
  ],
  [
    'a start takes interface, snaplen, case and analyst',
    'start -d x -e tcp -i eth1 --snaplen 128 --case INC-7 -a grant',
    {
      verb: 'start',
      order: { description: 'x', expression: 'tcp', interface: 'eth1', snaplen: 128, case: 'INC-7', analyst: 'grant' },
    },
  ],
  [
    'a start takes limits, keep and exact',
    'start -d x -e tcp --for 2h --max-size 1.5GB --packets 10 --keep --exact',
    {
      verb: 'start',
      order: {
        description: 'x',
        expression: 'tcp',
        duration: 7_200_000,
        maxBytes: 1_500_000_000,
        packets: 10,
        keep: true,
        exact: true,
      },
    },
  ],
  [
    'both and a search take join',
    'both -d x -e tcp --join',
    { verb: 'both', order: { description: 'x', expression: 'tcp', since: null, join: true } },
  ],
  [
    'join behind the expression, too',
    'search -d x tcp --join',
    {
      verb: 'search',
      order: { description: 'x', expression: 'tcp', window: { since: null, until: null }, join: true },
    },
  ],
  ['extend by a duration', 'extend C12 for=90m', { verb: 'extend', selector: 'c12', by: 5_400_000 }],
  ['keep by its id', 'keep c12', { verb: 'keep', selector: 'c12' }],
  [
    'everything is an expression like any other',
    'start -d all everything',
    { verb: 'start', order: { description: 'all', expression: 'everything' } },
  ],
  [
    'arithmetic with a minus and a comparison with == belong to the expression',
    'start -d x tcp[12] - 4 == 5 and len == 9',
    { verb: 'start', order: { description: 'x', expression: 'tcp[12] - 4 == 5 and len == 9' } },
  ],
  [
    'a search may be bounded, its time of two words unquoted',
    "search -d 'traffic to shop' --since 2h ago host 192.0.2.7",
    { verb: 'search', order: { ...text, window: since(day / 12) } },
  ],
  [
    'a search has since and until, ring and case, as key=value, too',
    "search host 192.0.2.7 description='traffic to shop' since=24h until=2026-11-24T02:10Z ring=dmz case=INC-7",
    {
      verb: 'search',
      order: {
        ...text,
        window: { since: (now - day) * 1_000, until: Date.parse('2026-11-24T02:10Z') * 1_000 },
        rings: ['dmz'],
        case: 'INC-7',
      },
    },
  ],
  [
    'a search of several rings',
    "search -d 'traffic to shop' --ring dmz,lan host 192.0.2.7",
    { verb: 'search', order: { ...text, window: unbounded, rings: ['dmz', 'lan'] } },
  ],
  [
    'and as a phone writes them',
    "search -d 'traffic to shop' ring=“dmz, lan” host 192.0.2.7",
    { verb: 'search', order: { ...text, window: unbounded, rings: ['dmz', 'lan'] } },
  ],
  [
    'a list of hosts is enough of an expression',
    'search -d beacons --hosts list.txt --since 2h',
    {
      verb: 'search',
      order: { description: 'beacons', expression: 'everything', window: since(day / 12) },
      hosts: 'list.txt',
    },
  ],
  [
    'a list of hosts may come from stdin, beside an expression',
    "search -d 'traffic to shop' --hosts - host 192.0.2.7",
    { verb: 'search', order: { ...text, window: unbounded }, hosts: '-' },
  ],
  [
    'both has what a live capture and a search have',
    "both -d 'traffic to shop' --since 24h --for 2h --ring dmz -e 'host 192.0.2.7'",
    {
      verb: 'both',
      order: { ...text, duration: day / 12, since: (now - day) * 1_000, ring: 'dmz' },
    },
  ],
  [
    '-R is both, as grant',
    "-Ra grant -d 'traffic to shop' -e 'host 192.0.2.7'",
    { verb: 'both', order: { ...text, analyst: 'grant', since: null } },
  ],
  ['list alone shows what runs', 'list', { verb: 'list', selection: { all: false }, details: false }],
  ['list takes a word', 'list grant -v', { verb: 'list', selection: { selector: 'grant', all: false }, details: true }],
  [
    'list takes bundled letters and all',
    "list --all -vf 'to shop'",
    { verb: 'list', selection: { selector: 'to shop', all: true }, details: true },
  ],
  ['show takes an id, capital or not', 'Show C12', { verb: 'show', selector: 'c12' }],
  ['show takes a word', "show 'to shop'", { verb: 'show', selector: 'to shop' }],
  ['stop takes an id', 'stop c12', { verb: 'stop', selector: 'c12', details: false }],
  ['stop takes a word', 'stop grant -v', { verb: 'stop', selector: 'grant', details: true }],
  ['stop --all names nobody', 'stop --all', { verb: 'stop', selector: null, details: false }],
  [
    'audit takes analyst, since and last',
    'audit --analyst grant --since 7d --last 20',
    { verb: 'audit', query: { analyst: 'grant', since: now - 7 * day, last: 20 } },
  ],
  ['audit verify walks the log', 'audit verify', { verb: 'audit', witnessed: null }],
  [
    'audit verify takes a head as a digest has it',
    `Audit Verify --head 12:${'AB'.repeat(32)}`,
    { verb: 'audit', witnessed: { seq: 12, hash: 'ab'.repeat(32) } },
  ],
  ['get takes an id', 'get C12', { verb: 'get', selector: 'c12' }],
  ['get takes a word that looks like a key', 'get -- for=x', { verb: 'get', selector: 'for=x' }],
  ['pin alone lists what is pinned', 'pin', { verb: 'pin', order: null }],
  [
    'pin takes a window, a case and a time',
    "pin -d 'open incident' --case INC-7 --since 6h --until 2h --ring dmz --for 12h",
    {
      verb: 'pin',
      order: {
        description: 'open incident',
        window: { since: (now - 6 * hour) * 1_000, until: (now - 2 * hour) * 1_000 },
        ring: 'dmz',
        case: 'INC-7',
        duration: 12 * hour,
      },
    },
  ],
  ['unpin takes an id', 'unpin P3', { verb: 'unpin', id: 'p3' }],
  ['approve takes an id', 'approve A3', { verb: 'approve', id: 'a3' }],
  ['approve alone lists', 'approve', { verb: 'approve', id: null }],
  ['deny takes an id', 'deny a3', { verb: 'deny', id: 'a3', reason: null }],
  [
    'deny takes a reason',
    'deny A3 too broad: name a host',
    { verb: 'deny', id: 'a3', reason: 'too broad: name a host' },
  ],
  ['a reason in quotes', "deny a3 'host=any'", { verb: 'deny', id: 'a3', reason: 'host=any' }],
  ['an empty reason is none', "deny a3 ' '", { verb: 'deny', id: 'a3', reason: null }],
  ['deny alone lists', 'deny', { verb: 'deny', id: null, reason: null }],
  ['show takes a request', 'show A3', { verb: 'show', selector: 'a3' }],
  ['verify alone takes all', 'verify', { verb: 'verify', order: { selector: null, hash: false } }],
  ['verify takes a word', 'verify grant --hash', { verb: 'verify', order: { selector: 'grant', hash: true } }],
  ['digest takes a day', 'digest 2026-11-23', { verb: 'digest', date: '2026-11-23' }],
  ['digest alone takes none', 'digest', { verb: 'digest', date: null }],
  ['digest of today is digest alone', 'digest Today', { verb: 'digest', date: null }],
  ['digest of yesterday leaves the zone to the reports', 'digest Yesterday', { verb: 'digest', date: 'yesterday' }],
  ['whoami', 'whoami', { verb: 'whoami' }],
  ['index', 'index', { verb: 'index', order: { ring: undefined } }],
  ['index of one ring', 'index --ring dmz', { verb: 'index', order: { ring: 'dmz' } }],
  ['doctor', 'doctor', { verb: 'doctor', rebuild: false }],
  ['doctor that mends', 'doctor --rebuild', { verb: 'doctor', rebuild: true }],
  ['no words are a call for help', '', { verb: 'help', topic: null }],
  ['help takes a verb', 'help start', { verb: 'help', topic: 'start' }],
  ['any verb explains itself', 'search --help', { verb: 'help', topic: 'search' }],
  [
    'the original: a start as grant',
    "-a grant -d 'traffic to shop' -e 'host 192.0.2.7'",
    {
      verb: 'start',
      order: { ...text, analyst: 'grant' },
    },
  ],
  [
    'the original: a search as grant',
    "-ra grant -d 'traffic to shop' -e 'host 192.0.2.7'",
    {
      verb: 'search',
      order: { ...text, window: unbounded, analyst: 'grant' },
    },
  ],
  [
    'the original: a search with a new option',
    "-r --since 24h -d 'traffic to shop' host 192.0.2.7",
    {
      verb: 'search',
      order: { ...text, window: since(day) },
    },
  ],
  ['the original: list', '-l', { verb: 'list', selection: { all: false }, details: false }],
  [
    'the original: list of grant',
    '-lf grant',
    { verb: 'list', selection: { selector: 'grant', all: false }, details: false },
  ],
  ['the original: list in detail', '-lv', { verb: 'list', selection: { all: false }, details: true }],
  ['the original: stop of grant', '-sf grant', { verb: 'stop', selector: 'grant', details: false }],
  ['the original: stop in detail', '-svf grant', { verb: 'stop', selector: 'grant', details: true }],
  ['the original: digests of all', '-m', { verb: 'verify', order: { selector: null, hash: true } }],
  ['the original: digests of grant', '-mf grant', { verb: 'verify', order: { selector: 'grant', hash: true } }],
  ['the original: usage', '-h', { verb: 'help', topic: null }],
  ['the original: usage, asked for', '-?', { verb: 'help', topic: null }],
  ['--help alone is usage, too', '--help', { verb: 'help', topic: null }],
  [
    'a flag after the first word is not a verb',
    "-d 'traffic to shop' -e 'host 192.0.2.7' -a -l",
    {
      verb: 'start',
      order: { ...text, analyst: '-l' },
    },
  ],
];

const refused: readonly [title: string, line: string, sentence: RegExp][] = [
  ['an unknown verb: did you mean', 'strat -d x', /no verb 'strat': did you mean capture start -d x\?/],
  [
    'a slip keeps what was typed behind it, to be copied',
    "stpo 'shop floor' -v",
    /did you mean capture stop 'shop floor' -v\?/,
  ],
  ['what is too long to copy is left out', `lsit ${'x'.repeat(200)}`, /did you mean capture list\?$/],
  ['what other tools call it', 'kill c3', /no verb 'kill': did you mean capture stop c3\?/],
  ['an id alone is looked at', 'C12', /no verb 'C12': did you mean capture show c12\?/],
  ['a verb of a later release is no verb', 'replay c1', /no verb 'replay': write one of start, search/],
  ['a name of the language is no verb', 'constructor', /no verb 'constructor'/],
  ['an unknown option: did you mean', 'start --desription x', /no option '--desription': did you mean --description\?/],
  ['the beginning of an option is not guessed', 'start --desc x', /did you mean --description\?/],
  ['an unknown key: did you mean', 'start descripton=x tcp', /no option 'descripton=': did you mean description=\?/],
  ['rings with one left out', 'search -d x --ring dmz, tcp', /--ring 'dmz,' leaves a name out: write --ring dmz, or/],
  [
    'several rings where only one can meet the live capture',
    'both -d x --ring dmz,lan,wifi tcp',
    /both takes one ring, .*: write --ring dmz, and search lan and wifi with search --ring lan,wifi/,
  ],
  [
    'several rings for a pin',
    'pin -d x --since 2h --ring dmz,lan',
    /pin takes one ring: write --ring dmz, then .* lan/,
  ],
  ['several rings for an index', 'index --ring dmz,lan', /index takes one ring: write --ring dmz/],
  ['a duration that is none', 'start -d x -e tcp --for 2', /--for '2' is not a duration: write --for 2h/],
  ['a size that is none', 'start -d x -e tcp --max-size big', /--max-size 'big' is not a size/],
  ['a duration of nothing', 'start -d x -e tcp --for 0s', /--for '0s' is not a duration: write --for 2h/],
  ['a duration of ages', 'extend c1 --for 999999999d', /--for '999999999d' is not a duration: .*, at most 36500d/],
  ['a size beyond any disk', 'start -d x -e tcp --max-size 999999999999999TB', /is not a size: .*, at most 1000TB/],
  ['an extension by nothing', 'extend c1', /by how much\? write capture extend c1 --for 2h/],
  [
    'an extension of nothing',
    'extend',
    /extend needs the id of a capture.*write capture extend ID --for 2h; capture list -v shows/,
  ],
  ['an extension of nothing', 'extend --for 2h', /extend needs the id of a capture/],
  [
    'a list of hosts for the kernel',
    'start -d x --hosts list.txt',
    /start takes no --hosts: .* kernel.* 4096 instructions/,
  ],
  ['the same for both', 'both -d x --hosts=list.txt', /both takes no --hosts: .*: capture search --hosts FILE/],
  ['a pin without a beginning', 'pin -d x', /pin needs a beginning \(--since\): write capture pin -d x --since 6h/],
  ['a pin without a description', 'pin --since 6h', /pin needs a description .*capture pin alone lists/],
  ['a pin of an expression', 'pin -d x --since 6h tcp', /pin does not take 'tcp'/],
  ['a release of nothing', 'unpin', /unpin needs the id of a pin: write capture unpin ID; capture pin shows/],
  ['a release of a capture', 'unpin c3', /'c3' is no id of a pin/],
  ['a release by number', 'unpin 3', /did you mean capture unpin p3\?/],
  [
    'an approval of a capture',
    'approve c3',
    /'c3' is no id of a request: write capture approve ID; capture approve shows/,
  ],
  ['an approval by number', 'approve 3', /did you mean capture approve a3\?/],
  [
    'a reason without an id',
    'deny too broad',
    /'too' is no id of a request: write capture deny ID; capture approve shows/,
  ],
  ['a duration without its option', 'extend c9 2h', /did you mean capture extend c9 --for 2h\?/],
  ['an unknown letter', 'list -x', /list has no option '-x': capture help list/],
  ['an option in the tail', 'start -d x host 192.0.2.7 -w /etc/x', /no option '-w'.*behind --/],
  ['an option given twice', 'start -d x -d y tcp', /-d is there twice/],
  ['an option given twice in two ways', 'start -d x description=y tcp', /-d is there twice/],
  ['an option without a value', 'start -e tcp -d', /-d has no value: write -d TEXT/],
  ['an option in the place of a value', 'start -d -e tcp', /-d has no value, -e follows it.*--description=-e/],
  ['a value glued to its letter', 'start -dshop tcp', /no option '-dshop'|value of -d must be a word of its own/],
  ['an empty value', "start -d '' tcp", /-d is empty/],
  ['a flag with a value', 'list --all=yes', /--all takes no value/],
  [
    'a missing description',
    "start -e 'host 192.0.2.7'",
    /needs a description .*capture start -d 'traffic to shop' -e 'host 192\.0\.2\.7'/,
  ],
  ['a missing expression', "start -d 'my reason'", /needs an expression .*everything.*-d 'my reason' -e 'host/],
  ['an empty expression', "start -d x ''", /needs an expression/],
  ['nothing but a verb', 'search', /needs a description .* and an expression/],
  ['the expression twice', 'start -d x -e tcp port 80', /expression is there twice/],
  ['a snaplen that is no number', 'start -d x tcp --snaplen big', /--snaplen 'big' is not a number/],
  [
    'since in the future',
    'search -d x tcp --since 2026-11-25',
    /--since '2026-11-25' is in the future \(in Europe\/Berlin\)/,
  ],
  ['until in the future', 'search -d x tcp --until 2026-11-25', /leave it out to search up to now/],
  ['since after until', 'search -d x tcp --since 1h --until 2h', /--since '1h' is not before --until '2h'/],
  ['no time at all', 'search -d x tcp --since tomorrow', /'tomorrow' is not a time: write 2h ago/],
  ['show without an id', 'show', /show needs the id.*capture show ID/],
  ['stop of nothing', 'stop', /stop needs an id or a word.*--all/],
  ['stop of all and one', 'stop --all c1', /two selections/],
  ['two selectors', 'list grant shop', /one SELECTOR, and 'shop' is one more/],
  ['a selector twice', 'list -f grant shop', /two selections/],
  ['audit with another word', 'audit vrify', /audit does not take 'vrify': write capture audit verify/],
  ['audit verify of a part', 'audit verify --since 2h', /audit verify walks the whole log: leave --since out/],
  ['a head of audit alone', 'audit --head 1:ab', /--head is for audit verify/],
  ['a head that is cut off', 'audit verify --head 12:5f', /--head '12:5f' is no entry and its hash.*all 64 digits/],
  ['get of two words', 'get names asked', /one ID, and 'asked' is one more: quote/],
  ['verify of two words', 'verify grant shop', /verify takes one SELECTOR/],
  [
    'a day that is none',
    'digest 2026-02-30',
    /'2026-02-30' is not a day: write .*digest 2026-11-24, or digest yesterday/,
  ],
  ['a day to come', 'digest 2026-11-25', /in the future: today is 2026-11-24/],
  ['help about nothing known', 'help strat', /did you mean capture help start\?/],
  ['-R and -r at once', '-rRa grant -d x -e tcp', /search and both at once/],
  ['-m and -l at once', '-lm', /list and verify at once/],
  ['two verbs in flags', '-ls', /list and stop at once/],
  [
    'an original flag with its value inside the bundle',
    '-ar grant',
    /in '-ar' the value of -a must be a word of its own: put a last/,
  ],
];

describe('what a line means', () => {
  for (const [title, line, command] of understood) test(title, () => assert.deepEqual(parse(line), command));
});

describe('what a line must not be', () => {
  for (const [title, line, message] of refused) {
    test(title, () => assert.throws(() => parse(line), { name: 'CaptureError', code: 'bad_request', message }));
  }
});

describe('in Slack', () => {
  test('key:value works before the expression, whose own colons stay', () => {
    assert.deepEqual(parse("search description:'odd host' since:24h ether host 00:16:3e:aa:bb:cc", 'slack'), {
      verb: 'search',
      order: { description: 'odd host', expression: 'ether host 00:16:3e:aa:bb:cc', window: since(day) },
    });
    assert.deepEqual(parse('start -d x host 2001:db8::7 and case:1', 'slack'), {
      verb: 'start',
      order: { description: 'x', expression: 'host 2001:db8::7 and case:1' },
    });
  });

  test('key:value is of Slack only', () => {
    assert.throws(() => parse('start description:x tcp'), { message: /needs a description/ });
  });

  test('several rings are searched, too', () => {
    assert.deepEqual(parse("search ring:dmz,lan -d 'traffic to shop' host 192.0.2.7", 'slack'), {
      verb: 'search',
      order: { ...text, window: unbounded, rings: ['dmz', 'lan'] },
    });
  });

  test('index is sent to the shell, and so is what the doctor mends', () => {
    assert.throws(() => parse('index', 'slack'), { message: /index is not for Slack: type capture index in a shell/ });
    assert.throws(() => parse('doctor --rebuild', 'slack'), { message: /doctor takes --rebuild only in a shell/ });
    assert.throws(() => parse('audit vrify', 'slack'), {
      message: /write \/capture audit verify, or \/capture audit alone/,
    });
  });

  test('a file with a list of hosts is read in the shell alone', () => {
    const message = /search takes --hosts only in a shell on the sensor: type capture search there/;
    assert.throws(() => parse('search -d x --hosts list.txt', 'slack'), { message });
    assert.deepEqual(parse('search -d x tcp hosts:list.txt', 'slack'), {
      verb: 'search',
      order: { description: 'x', expression: 'tcp hosts:list.txt', window: unbounded },
    });
  });

  test('examples carry the slash', () => {
    assert.throws(() => parse('start', 'slack'), { message: /write \/capture start -d/ });
  });
});

describe('what people type is data', () => {
  const hostile = [
    '-w /etc/x',
    '$(id)',
    '../../x',
    'x'.repeat(5_000),
    '🦀 crab',
    'two\nlines',
    '<!channel>',
    'it\'s \\ "so"',
  ];
  for (const value of hostile) {
    test(`${JSON.stringify(value.slice(0, 20))} is a description and an expression, unchanged`, () => {
      const setting = { door: 'shell', now, timezone: 'UTC' } as const;
      assert.deepEqual(parseCommand(['start', '-d', value, '-e', value], setting), {
        verb: 'start',
        order: { description: value, expression: value },
      });
    });
  }
});

test('a verb about one capture takes the one at hand where none was named, and no other verb does', () => {
  const atHand = (...words: string[]) =>
    parseCommand(words, { door: 'slack', now: 0, timezone: 'UTC', about: 'c7' }) as Command;
  for (const verb of ['show', 'keep', 'get'] as const) {
    assert.deepEqual(atHand(verb), { verb, selector: 'c7' });
    assert.deepEqual(atHand(verb, 'c8'), { verb, selector: 'c8' });
  }
  assert.deepEqual(atHand('extend', '--for', '2h'), { verb: 'extend', selector: 'c7', by: 7_200_000 });
  assert.deepEqual(atHand('stop', '-v'), { verb: 'stop', selector: 'c7', details: true });
  assert.deepEqual(atHand('stop', '--all'), { verb: 'stop', selector: null, details: false });
  assert.deepEqual(atHand('stop', '-f', 'shop'), { verb: 'stop', selector: 'shop', details: false });
  assert.deepEqual(atHand('verify', '--hash'), { verb: 'verify', order: { selector: 'c7', hash: true } });
  assert.deepEqual(atHand('list'), { verb: 'list', selection: { all: false }, details: false });
  assert.throws(() => atHand('unpin'), /unpin needs the id of a pin/);
});

test('in the thread of a request no id is needed, and what does not begin with one is the reason', () => {
  const setting = { door: 'slack', now, timezone: 'Europe/Berlin', request: 'a7' } as const;
  const atHand = (...words: string[]) => parseCommand(words, setting);
  assert.deepEqual(atHand('approve'), { verb: 'approve', id: 'a7' });
  assert.deepEqual(atHand('approve', 'a8'), { verb: 'approve', id: 'a8' });
  assert.deepEqual(atHand('show'), { verb: 'show', selector: 'a7' });
  assert.deepEqual(atHand('show', 'c1'), { verb: 'show', selector: 'c1' });
  assert.deepEqual(atHand('deny'), { verb: 'deny', id: 'a7', reason: null });
  assert.deepEqual(atHand('deny', 'a', 'bit', 'broad'), { verb: 'deny', id: 'a7', reason: 'a bit broad' });
  assert.deepEqual(atHand('deny', '5', 'hosts', 'only'), { verb: 'deny', id: 'a7', reason: '5 hosts only' });
  assert.deepEqual(atHand('deny', 'A7', 'too', 'broad'), { verb: 'deny', id: 'a7', reason: 'too broad' });
  assert.deepEqual(atHand('deny', 'A8'), { verb: 'deny', id: 'a8', reason: null });
  assert.throws(() => atHand('deny', 'a8', 'is', 'the', 'same'), /the thread of a7, and 'a8' is another request/);
  assert.throws(() => atHand('stop'), /a7 waits and does not run: write \/capture deny/);
  // It is no capture.
  for (const verb of ['extend', 'keep', 'get'] as const)
    assert.throws(() => atHand(verb, ...(verb === 'extend' ? ['--for', '2h'] : [])), /needs/);
});
