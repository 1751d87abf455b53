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
const unit = readFileSync(join(deploy, 'capture-bot.service'), 'utf8');
const example = parse(readFileSync(join(project, 'capture.example.yml'), 'utf8'));
/** Of 100, as systemd-analyze security counts; below 25 is what `deploy/README.md` says. */
const mostExposure = 25;

after(() => rmSync(root, { recursive: true }));

describe("the bot's unit", () => {
  test('is what systemd understands, in a root where the product is installed', () => {
    cpSync('/usr/lib/systemd/system', join(root, 'usr/lib/systemd/system'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    place('etc/systemd/system/capture-bot.service', unit, 0o644);
    place('opt/capture/node_modules/.bin/node', '#!/bin/sh\n', 0o755);
    const verified = run('systemd-analyze', ['verify', '--man=no', `--root=${root}`, 'capture-bot.service']);
    assert.deepEqual(verified, { status: 0, said: '' });
  });

  test('leaves the bot little to do harm with', () => {
    const words = ['security', '--offline=true', '--no-pager', `--threshold=${mostExposure}`];
    const { status, said } = run('systemd-analyze', [...words, join(deploy, 'capture-bot.service')]);
    assert.equal(status, 0, said);
    assert.match(said, /Overall exposure level for capture-bot\.service: \d\.\d OK/);
  });

  test('runs what is there, and writes where the configuration says', () => {
    const [, program = '', config] = /^ExecStart=\S+\/node (\S+) --config (\S+)$/m.exec(unit) ?? [];
    assert.ok(existsSync(join(project, program)), program);
    assert.equal(config, '/etc/capture/capture.yml');
    assert.equal(setting('ReadWritePaths'), example.state);
    assert.ok(example.captures.startsWith(`${example.state}/`));
  });

  test('gives up on a configuration that is refused, and on nothing else', () => {
    assert.equal(setting('RestartPreventExitStatus'), String(exits.bad_request.status));
    assert.equal(setting('Restart'), 'on-failure');
  });
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
    for (const name of ['AmbientCapabilities', 'CapabilityBoundingSet']) assert.equal(setting(name), 'CAP_NET_RAW');
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
  assert.ok(steps.length >= 7);
  for (const [, file = ''] of steps) assert.ok(existsSync(join(deploy, file)), file);
});

function setting(name: string): string | undefined {
  return new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
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
