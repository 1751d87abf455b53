import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { execa } from 'execa';
import { CaptureError } from '../src/capture/errors.ts';
import { checkConfig, type SlackConfig } from '../src/config.ts';
import { readConfig, readSlackSecrets } from '../src/environment.ts';

const whole = `sensor: dmz-1
state: state
captures: ../captures
interfaces: [eth1, eth2.5]
rings:
  - { name: dmz, path: ring, interface: eth1 }
analysts:
  - { name: grant, role: lead, slack: U024BE7LH, login: grant }
  - { name: will, role: analyst, slack: U024BE7LJ, login: [will, wsmith] }
slack: { team: T024BE7LD, channels: [C024BE91L], tokens: tokens }
`;

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'config-test-'));
});
after(() => rmSync(directory, { recursive: true }));

const check = (text: string) => checkConfig(text, '/etc/capture/capture.yml');
/** The lines that name mistakes, without the first, which names the file. */
const mistakesIn = (text: string): string[] => {
  try {
    check(text);
  } catch (error) {
    assert.ok(error instanceof CaptureError && error.code === 'bad_request', String(error));
    const [first, ...lines] = error.message.split('\n');
    assert.match(first ?? '', /^\/etc\/capture\/capture\.yml is not a configuration:$/);
    return lines.map((line) => line.trim());
  }
  return [];
};
const changed = (from: string, to: string) => {
  assert.ok(whole.includes(from), from);
  return whole.replace(from, to);
};

describe('a configuration', () => {
  test('is read with its defaults, paths taken from its own directory', () => {
    const config = check(whole);
    assert.deepEqual(config, {
      file: '/etc/capture/capture.yml',
      sensor: 'dmz-1',
      state: '/etc/capture/state',
      captures: '/etc/captures',
      group: null,
      interfaces: ['eth1', 'eth2.5'],
      snaplen: 262_144,
      buffer: 16 * 2 ** 20,
      rings: [{ name: 'dmz', path: '/etc/capture/ring', interface: 'eth1' }],
      limits: { duration: 24 * 3_600_000, size: 10e9, perAnalyst: 5, freeSpace: 5e9, search: 100e9 },
      analysts: [
        { name: 'grant', role: 'lead', slack: ['U024BE7LH'], login: ['grant'] },
        { name: 'will', role: 'analyst', slack: ['U024BE7LJ'], login: ['will', 'wsmith'] },
      ],
      slack: {
        team: 'T024BE7LD',
        channels: ['C024BE91L'],
        digest: null,
        groups: null,
        orders: 30,
        tokens: '/etc/capture/tokens',
      },
      metrics: null,
      approval: null,
      reports: { at: '08:00', timezone: 'UTC' },
      pins: { directory: '/etc/capture/state/pins', size: 100e9, for: 7 * 86_400_000 },
      retention: null,
      syslog: null,
    });
    const absolute = check(changed('state: state', 'state: /var/lib/capture'));
    assert.equal(absolute.state, '/var/lib/capture');
  });

  test('takes sizes in powers of ten, in powers of two and in bytes', () => {
    const sizes = { '4096': 4_096, '500MB': 500e6, '1.5GB': 1.5e9, '4MiB': 4 * 2 ** 20, '2 KiB': 2_048, '8kB': 8_000 };
    for (const [written, bytes] of Object.entries(sizes)) {
      assert.equal(check(`${whole}buffer: ${written}\n`).buffer, bytes, written);
    }
    for (const wrong of ['4Mbit', '-1', '0', '0MB', 'MB', '1e3MB', '"10 GB please"', '1.5', '[]']) {
      assert.equal(mistakesIn(`${whole}buffer: ${wrong}\n`).length, 1, wrong);
      assert.match(mistakesIn(`${whole}buffer: ${wrong}\n`)[0] ?? '', /^buffer: /, wrong);
    }
  });

  test('says where ring files are pinned, how many bytes and for how long; never inside a ring', () => {
    const pins = (text: string) => `${whole}pins: ${text}\n`;
    assert.deepEqual(check(pins('{ directory: pinned, size: 20GB, for: 3d }')).pins, {
      directory: '/etc/capture/pinned',
      size: 20e9,
      for: 3 * 86_400_000,
    });
    assert.equal(check(pins('{ directory: ring-pins }')).pins.directory, '/etc/capture/ring-pins');
    for (const inside of ['ring', 'ring/pins', '/etc/capture/ring/../ring/x']) {
      assert.match(
        mistakesIn(pins(`{ directory: ${inside} }`))[0] ?? '',
        /^pins\.directory: .* is inside the ring dmz/,
      );
    }
    assert.match(mistakesIn(pins('{ place: x }'))[0] ?? '', /^pins\.place: no such key/);
  });

  test('says for which captures a second person is asked', () => {
    const nobody = { everything: false, duration: null, size: null, interfaces: [], for: 1_800_000 };
    const approval = (written: string) => check(`${whole}approval: ${written}\n`).approval;
    assert.deepEqual(approval('{}'), nobody);
    assert.deepEqual(approval('{ everything: true, duration: 8h, size: 5GB, interfaces: [eth2.5], for: 10m }'), {
      ...{ everything: true, duration: 8 * 3_600_000, size: 5e9, interfaces: ['eth2.5'], for: 600_000 },
    });
    const mistake = (written: string) => mistakesIn(`${whole}approval: ${written}\n`)[0] ?? '';
    assert.match(mistake('{ everything: maybe }'), /^approval\.everything: expected true or false/);
    assert.match(mistake('{ duration: 8 }'), /^approval\.duration: expected a duration/);
    assert.match(mistake('{ interfaces: [eth7] }'), /^approval\.interfaces: eth7 is not among interfaces/);
    assert.match(mistake('{ by: grant }'), /^approval\.by: no such key/);
    assert.match(mistake('yes'), /^approval: expected settings such as \{ everything: true, duration: 8h/);
  });

  test('says what is deleted when, and where else the audit log goes', () => {
    assert.deepEqual(check(`${whole}retention: { finished: 90d, keepFree: 20GB }\n`).retention, {
      finished: 90 * 86_400_000,
      keepFree: 20e9,
    });
    assert.deepEqual(check(`${whole}retention: { finished: 12h }\n`).retention, {
      finished: 43_200_000,
      keepFree: null,
    });
    assert.deepEqual(check(`${whole}syslog: { facility: local6 }\n`).syslog, { facility: 'local6', server: null });
    const servers = {
      'udp://192.0.2.5:514': { transport: 'udp', host: '192.0.2.5', port: 514 },
      'tcp://log.example:601': { transport: 'tcp', host: 'log.example', port: 601 },
      'udp://[2001:db8::5]:514': { transport: 'udp', host: '2001:db8::5', port: 514 },
    };
    for (const [written, server] of Object.entries(servers)) {
      assert.deepEqual(check(`${whole}syslog: { facility: auth, server: '${written}' }\n`).syslog?.server, server);
    }
    for (const wrong of [
      'log.example',
      'udp://log.example',
      'udp://-w:514',
      'udp://x:0',
      'udp://x:70000',
      'http://x:1',
    ]) {
      assert.match(
        mistakesIn(`${whole}syslog: { facility: auth, server: '${wrong}' }\n`)[0] ?? '',
        /^syslog\.server: expected/,
      );
    }
    assert.match(mistakesIn(`${whole}syslog: { facility: kern }\n`)[0] ?? '', /^syslog\.facility: expected a facility/);
    assert.match(
      mistakesIn(`${whole}retention: { finished: 0d }\n`)[0] ?? '',
      /^retention\.finished: expected a duration/,
    );
    assert.match(
      mistakesIn(`${whole}retention: { keepFree: much }\n`)[0] ?? '',
      /^retention\.keepFree: expected a size/,
    );
  });

  test('tells metrics on a port of loopback, and takes no other address', () => {
    assert.deepEqual(check(`${whole}metrics: { port: 9464 }\n`).metrics, { port: 9464 });
    for (const key of ['address: 0.0.0.0', 'host: 192.0.2.5', 'listen: "[::]"'])
      assert.match(mistakesIn(`${whole}metrics: { port: 9464, ${key} }\n`)[0] ?? '', /^metrics\.\w+: no such key/);
    for (const port of ['0', '65536', '-1', '0.0.0.0:9464', '94.64'])
      assert.match(
        mistakesIn(`${whole}metrics: { port: ${port} }\n`)[0] ?? '',
        /^metrics\.port: expected a port of 127/,
      );
  });

  test('with several mistakes names each with its key', () => {
    const mistakes = mistakesIn(`sensor: 'two words'
state: ''
interfaces: []
snaplen: 10
rings: [{ name: dmz, path: ring, interface: '-w' }]
analysts: [{ name: grant, role: boss }]
slack: { team: nobody, channels: [general] }
reports: { at: '8 o clock', timezone: Mars/Olympus }
`);
    const keys = mistakes.map((line) => line.split(':')[0]);
    for (const key of [
      ...['sensor', 'state', 'captures', 'snaplen', 'rings.0.interface', 'analysts.0.role'],
      ...['slack.team', 'slack.channels.0', 'reports.at', 'reports.timezone'],
    ]) {
      assert.ok(keys.includes(key), `${key} in ${mistakes.join('\n')}`);
    }
    assert.ok(keys.some((key) => key?.startsWith('interfaces')));
    assert.ok(mistakes.every((line) => !/undefined|\[object/.test(line)));
  });

  test('with another kind of value than expected says in plain words what is, whatever the key and the value', () => {
    const keys = {
      '': ['sensor', 'state', 'captures', 'group', 'interfaces', 'snaplen', 'buffer', 'rings', 'limits', 'analysts'],
      more: ['slack', 'reports', 'retention', 'syslog', 'metrics'],
      limits: ['duration', 'size', 'perAnalyst', 'freeSpace'],
      slack: ['team', 'channels', 'digest', 'groups', 'orders', 'tokens'],
      reports: ['at', 'timezone'],
      retention: ['finished', 'keepFree'],
      syslog: ['facility', 'server'],
      metrics: ['port'],
    };
    const below = Object.entries(keys).flatMap(([group, names]) =>
      names.map((name) => ({ group: /^(|more)$/.test(group) ? null : group, name })),
    );
    for (const value of ['-3', '[]', '[3]', '{ x: y }', 'true', "''", '[[]]', '{}']) {
      for (const { group, name } of below) {
        const text = group === null ? `${name}: ${value}\n` : `${group}: { ${name}: ${value} }\n`;
        for (const line of mistakesIn(text)) {
          assert.match(
            line,
            /: ((is missing: )?expected (?!string|number|object|array|tuple|int)[a-z]|no such key$)/,
            text,
          );
        }
      }
    }
    assert.ok(
      mistakesIn(`sensor: dmz-1`).includes('interfaces: is missing: expected a list of interface names such as [eth1]'),
    );
  });

  test('names the Slack user groups whose members have a role, but none of leads', () => {
    const slack = (more: string) => changed('tokens: tokens', `tokens: tokens, ${more}`);
    const { groups, orders } = check(slack('groups: { viewer: S01, analyst: S02 }, orders: 5')).slack ?? assert.fail();
    assert.deepEqual(groups, { viewer: 'S01', analyst: 'S02' });
    assert.equal(orders, 5);
    assert.deepEqual(check(slack('groups: { analyst: S02 }')).slack?.groups, { viewer: null, analyst: 'S02' });
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['groups: { lead: S03, analyst: S02 }', /^slack\.groups\.lead: expected no such key: whoever may edit a group/],
      ['groups: { viewer: S02, analyst: S02 }', /^slack\.groups: expected two groups/],
      ['groups: {}', /^slack\.groups: expected settings such as \{ viewer: S/],
      ['groups: { analyst: soc }', /^slack\.groups\.analyst: expected the id of a Slack user group such as S0614TZR7$/],
      ['groups: { guest: S04 }', /^slack\.groups\.guest: no such key$/],
      ['groups: [S02]', /^slack\.groups: expected settings such as/],
      ['orders: 0', /^slack\.orders: expected a number of orders a minute such as 30$/],
    ];
    for (const [more, why] of wrong) assert.match(mistakesIn(slack(more))[0] ?? '', why, more);
    assert.deepEqual(mistakesIn(changed('T024BE7LD', 'E024BE7LD')), [
      'slack.team: expected the Slack team id of a workspace such as T024BE7LD',
    ]);
  });

  test('with a key that nobody knows is refused, wherever it stands', () => {
    assert.deepEqual(mistakesIn(`${whole}capturs: x\n`), ['capturs: no such key']);
    assert.deepEqual(mistakesIn(`${whole}reports: { at: '08:00', zone: UTC }\n`), ['reports.zone: no such key']);
    assert.deepEqual(mistakesIn(changed('name: dmz, path', 'name: dmz, pth: x, path')), ['rings.0.pth: no such key']);
    assert.deepEqual(mistakesIn(`${whole}__proto__: { sensor: x }\n`), ['__proto__: no such key']);
  });

  test('that is no YAML, or another kind of document, is refused in words', () => {
    for (const text of [
      '',
      '[]',
      'just words',
      '42',
      'a: [',
      'a: 1\na: 2\n',
      '---\na: 1\n---\nb: 2\n',
      'sensor: *nobody\n',
      '\0',
    ]) {
      assert.ok(mistakesIn(text).length > 0, JSON.stringify(text));
    }
  });

  test('that unfolds without end is refused, not unfolded', () => {
    const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]'];
    for (let at = 1; at < 9; at += 1) bomb.push(`b${at}: &b${at} [${`*${at === 1 ? 'a' : `b${at - 1}`},`.repeat(9)}]`);
    assert.ok(mistakesIn(`${bomb.join('\n')}\n`).length > 0);
  });

  test('with a name twice is refused', () => {
    assert.deepEqual(mistakesIn(changed('name: will', 'name: grant')), ['analysts: grant is there twice']);
    const two = '  - { name: dmz, path: ring, interface: eth1 }\n';
    assert.deepEqual(mistakesIn(changed(two, two + two)), ['rings: dmz is there twice']);
  });

  test('with an identity that proves two analysts is refused', () => {
    assert.deepEqual(mistakesIn(changed('login: grant', 'login: [grant, will]')), [
      'analysts: login will belongs to two analysts',
    ]);
    assert.deepEqual(mistakesIn(changed('U024BE7LJ', 'U024BE7LH')), [
      'analysts: slack U024BE7LH belongs to two analysts',
    ]);
  });

  test('is looked for where --config says; one that is not there is told with its place', async () => {
    const file = join(directory, 'capture.yml');
    writeFileSync(file, whole);
    assert.equal((await readConfig(file)).file, file);
    await assert.rejects(readConfig(join(directory, 'none.yml')), {
      code: 'bad_request',
      message: /no configuration at .*none\.yml, which --config names: .*capture\.example\.yml/,
    });
  });
});

describe("Slack's tokens", () => {
  const slack = (tokens: string | null): SlackConfig => ({
    team: 'T1',
    channels: [],
    digest: null,
    groups: null,
    orders: 30,
    tokens,
  });
  const variables = ['SLACK_BOT_TOKEN', 'SLACK_APP_TOKEN', 'SLACK_API_URL'] as const;
  const kept = variables.map((name) => process.env[name]);
  before(() => {
    for (const name of variables) delete process.env[name];
  });
  after(() => {
    for (const [at, name] of variables.entries()) if (kept[at] !== undefined) process.env[name] = kept[at];
  });
  const file = (mode: number) => {
    const path = join(directory, `tokens-${mode.toString(8)}`);
    writeFileSync(path, 'SLACK_BOT_TOKEN=xoxb-1=2\n SLACK_APP_TOKEN = xapp-1 \n# a remark\n');
    chmodSync(path, mode);
    return path;
  };

  test('come from a file that only its owner reads', () => {
    assert.deepEqual(readSlackSecrets(slack(file(0o600))), { botToken: 'xoxb-1=2', appToken: 'xapp-1', apiUrl: null });
  });

  test('in a file that others may read are refused with the command that mends it', () => {
    for (const mode of [0o640, 0o604, 0o644, 0o660, 0o620]) {
      const path = file(mode);
      assert.throws(() => readSlackSecrets(slack(path)), {
        code: 'bad_request',
        message: new RegExp(`chmod 600 ${path}`),
      });
    }
  });

  test('that are missing or misshapen are asked for by name, never shown', () => {
    assert.throws(() => readSlackSecrets(slack(null)), { code: 'bad_request', message: /SLACK_BOT_TOKEN/ });
    assert.throws(() => readSlackSecrets(slack(join(directory, 'none'))), { code: 'bad_request', message: /none/ });
    assert.throws(() => readSlackSecrets(slack(directory)), { code: 'bad_request' });
    process.env.SLACK_BOT_TOKEN = 'xapp-wrong-way-round';
    assert.throws(
      () => readSlackSecrets(slack(file(0o600))),
      (error) => error instanceof CaptureError && /SLACK_BOT_TOKEN/.test(error.message) && !/wrong/.test(error.message),
    );
    process.env.SLACK_BOT_TOKEN = 'xoxb-environment';
    assert.equal(readSlackSecrets(slack(file(0o600))).botToken, 'xoxb-environment');
    delete process.env.SLACK_BOT_TOKEN;
  });
});

describe('the person at the shell', () => {
  const environment = join(import.meta.dirname, '../src/environment.ts');
  const identity = async (state: string, ...before: string[]) => {
    const program = `import { readShellIdentity } from ${JSON.stringify(environment)}; console.log(JSON.stringify(readShellIdentity(${JSON.stringify(state)})))`;
    const [file = '', ...args] = [...before, process.execPath, '--input-type=module', '-e', program];
    const env = { SUDO_USER: 'grant', SSH_CONNECTION: '192.0.2.7 50000 192.0.2.1 22' };
    return JSON.parse((await execa(file, args, { env })).stdout) as unknown;
  };
  const root = process.getuid?.() === 0;

  test('is whom sudo says, when root says it', { skip: !root && 'needs root' }, async () => {
    assert.deepEqual(await identity('/nowhere'), { login: 'grant', remoteHost: '192.0.2.7' });
  });

  test('brings no configuration of their own under sudo: it would say who they are', {
    skip: !root && 'needs root',
  }, async (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'capture-config-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'capture.yml');
    writeFileSync(file, whole);
    const program = `import { readConfig } from ${JSON.stringify(environment)}; readConfig(${JSON.stringify(file)})`;
    const read = () => execa(process.execPath, ['--input-type=module', '-e', program], { env: { SUDO_USER: 'will' } });
    await read();
    chownSync(file, 65_534, 65_534);
    await assert.rejects(read(), /is not root's alone, and under sudo it says who you are/);
  });

  test('is nobody else because of a variable that anybody can set', { skip: !root && 'needs root' }, async () => {
    const nobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];
    assert.deepEqual(await identity('/', ...nobody), { remoteHost: '192.0.2.7' });
    assert.deepEqual(await identity('/nowhere', ...nobody), { remoteHost: '192.0.2.7' });
  });
});
