import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, test } from 'node:test';
import { parse } from 'yaml';
import { exits } from '../../src/cli/exits.ts';

const project = join(import.meta.dirname, '../..');
const deploy = join(project, 'deploy');
const root = mkdtempSync(join(tmpdir(), 'capture-deploy-'));
const units = ['capture-bot', 'capture-supervisor'] as const;
const example = parse(readFileSync(join(project, 'capture.example.yml'), 'utf8'));
/** Of 100, as systemd-analyze security counts; below 25 is what `deploy/README.md` says. */
const mostExposure = 25;

// The units that ours name.
cpSync('/usr/lib/systemd/system', join(root, 'usr/lib/systemd/system'), { recursive: true, verbatimSymlinks: true });
after(() => rmSync(root, { recursive: true }));

for (const name of units) {
  describe(`the unit ${name}`, () => {
    test('is what systemd understands, in a root where the product is installed', () => {
      place(`etc/systemd/system/${name}.service`, textOf(name), 0o644);
      place('opt/capture/node_modules/.bin/node', '#!/bin/sh\n', 0o755);
      const verified = run('systemd-analyze', ['verify', '--man=no', `--root=${root}`, `${name}.service`]);
      assert.deepEqual(verified, { status: 0, said: '' });
    });

    test('leaves little to do harm with', () => {
      const words = ['security', '--offline=true', '--no-pager', `--threshold=${mostExposure}`];
      const { status, said } = run('systemd-analyze', [...words, join(deploy, `${name}.service`)]);
      assert.equal(status, 0, said);
      assert.match(said, new RegExp(`Overall exposure level for ${name}\\.service: \\d\\.\\d OK`));
    });

    test('allows the call that setpriv makes before mergecap, whatever it is told', () => {
      assert.match(textOf(name), /^SystemCallFilter=[^~\n]*\bcapset\b/m);
    });

    test('runs what is there, and writes where the configuration says', () => {
      const [, program = '', config] = /^ExecStart=\S+\/node (\S+) --config (\S+)$/m.exec(textOf(name)) ?? [];
      assert.ok(existsSync(join(project, program)), program);
      assert.equal(config, '/etc/capture/capture.yml');
      assert.deepEqual(setting(name, 'ReadWritePaths'), [example.state]);
      assert.ok(example.captures.startsWith(`${example.state}/`));
    });

    test('leaves its captures running, gives up on a configuration that is refused, and on nothing else', () => {
      assert.deepEqual(setting(name, 'KillMode'), ['process']);
      assert.deepEqual(setting(name, 'RestartPreventExitStatus'), [String(exits.bad_request.status)]);
      assert.match(setting(name, 'Restart').join(), /^(on-failure|always)$/);
    });
  });
}

test('both units are hardened alike', () => {
  const own = ['Description', 'Wants', 'After', 'ExecStart', 'Restart'];
  const [bot, supervisor] = units.map((name) =>
    textOf(name)
      .split('\n')
      .filter((line) => /^\w+=/.test(line) && !own.some((key) => line.startsWith(`${key}=`))),
  );
  assert.deepEqual(supervisor, bot);
});

describe('the shell door', () => {
  const launcher = readFileSync(join(deploy, 'capture'), 'utf8');

  test('is allowed by a sudoers file that visudo accepts, and nothing else is', () => {
    const sudoers = join(root, 'sudoers');
    cpSync(join(deploy, 'sudoers.d/capture'), sudoers);
    // As installed: visudo looks at the owner and the mode, too.
    chmodSync(sudoers, 0o440);
    const { status, said } = run('visudo', ['-cf', sudoers]);
    assert.equal(status, 0, said);
    const [, command] = /^Cmnd_Alias CAPTURE = (.*)$/m.exec(readFileSync(sudoers, 'utf8')) ?? [];
    assert.ok(launcher.includes(`exec sudo -- ${command} "$@"`));
  });

  test('keeps no capability but the one that the bot has', () => {
    assert.equal(run('sh', ['-n', join(deploy, 'capture')]).status, 0);
    const kept = [...launcher.matchAll(/--(inh-caps|ambient-caps|bounding-set)=(\S+)/g)].map(([, set, caps]) => [
      set,
      caps,
    ]);
    assert.deepEqual(kept, [
      ['inh-caps', '-all,+net_raw'],
      ['ambient-caps', '-all,+net_raw'],
      ['bounding-set', '-all,+net_raw'],
    ]);
    for (const unit of units)
      for (const set of ['AmbientCapabilities', 'CapabilityBoundingSet'])
        assert.deepEqual(setting(unit, set), ['CAP_NET_RAW'], `${unit} ${set}`);
  });
});

test('user, groups and directories are made with the modes that keep the registry from the analysts', () => {
  const sysusers = run('systemd-sysusers', [`--root=${root}`, join(deploy, 'sysusers.d/capture.conf')]);
  assert.equal(sysusers.status, 0, sysusers.said);
  const passwd = readFileSync(join(root, 'etc/passwd'), 'utf8');
  const group = readFileSync(join(root, 'etc/group'), 'utf8');
  const uid = Number(/^capture:x:(\d+):.*:\/usr\/sbin\/nologin$/m.exec(passwd)?.[1]);
  const gid = Number(/^soc:x:(\d+):capture$/m.exec(group)?.[1]);
  const tmpfiles = run('systemd-tmpfiles', ['--create', `--root=${root}`, join(deploy, 'tmpfiles.d/capture.conf')]);
  assert.equal(tmpfiles.status, 0, tmpfiles.said);
  assert.deepEqual([example.state, example.captures, '/etc/capture'].map(ownerAndMode), [
    [uid, gid, '750'],
    [uid, gid, '2750'],
    [0, Number(/^capture:x:(\d+):/m.exec(group)?.[1]), '750'],
  ]);
});

test('every file that the README installs is there', () => {
  const steps = [
    ...readFileSync(join(deploy, 'README.md'), 'utf8').matchAll(/^ *install (?:-D )?(?:-[mog] \S+ )+(\S+) \S+/gm),
  ];
  assert.ok(steps.length >= 9);
  for (const [, file = ''] of steps) assert.ok(existsSync(join(deploy, file)), file);
});

function textOf(unit: string): string {
  return readFileSync(join(deploy, `${unit}.service`), 'utf8');
}

/** Every value of a setting in a unit. */
function setting(unit: string, name: string): string[] {
  return [...textOf(unit).matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value = '']) => value);
}

function place(path: string, text: string, mode: number): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text, { mode });
}

function ownerAndMode(path: string): [number, number, string] {
  const { uid, gid, mode } = statSync(join(root, path));
  return [uid, gid, (mode & 0o7777).toString(8)];
}

function run(tool: string, words: readonly string[]): { status: number | null; said: string } {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, SYSTEMD_COLORS: '0', LC_ALL: 'C.UTF-8' };
  const { status, stdout, stderr } = spawnSync(tool, words, { encoding: 'utf8', env });
  return { status, said: stdout + stderr };
}
