import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

// npm run warm [-- USER ...]: has Node compile the product once, so that no command does it again (https://nodejs.org/api/module.html,
// "Module compile cache"). npm ci does it at its end. Each user would have a part of their own; those named here read the owner's.
const home = resolve(import.meta.dirname, '..');
const modules = join(home, 'node_modules');
const cache = join(modules, '.cache/capture');
/** What does its work where it is imported: a process's or a thread's own file; and what is types alone. */
const runs = /\/(?:main|thread|[a-z]+\.d)\.ts$/;

if (statSync(modules).uid === process.getuid?.()) warm(process.argv.slice(2));
else process.stdout.write('warm: nothing done, since the installation is not yours\n');

function warm(users: readonly string[]): void {
  // Whoever could write here would run as whoever runs capture.
  process.umask(0o022);
  rmSync(cache, { recursive: true, force: true });
  mkdirSync(cache, { recursive: true });
  runList();
  compileAll();
  const [own = ''] = readdirSync(cache);
  for (const file of readdirSync(join(cache, own))) chmodSync(join(cache, own, file), 0o644);
  for (const user of users) {
    const uid = execFileSync('id', ['-u', '--', user], { encoding: 'utf8' }).trim();
    symlinkSync(own, join(cache, own.replace(/\d+$/, uid)));
  }
}

/** First what is used most: with a module Node keeps the functions that the first run of it called. */
function runList(): void {
  const directory = mkdtempSync(join(tmpdir(), 'capture-warm-'));
  const file = join(directory, 'capture.yml');
  const analyst = { name: 'warm', role: 'viewer', login: userInfo().username };
  const config = { sensor: 'warm', state: 'state', captures: 'captures', interfaces: ['lo'], analysts: [analyst] };
  try {
    writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
    // Twice: only the second one finds the configuration checked.
    for (const _ of [1, 2]) run(join(home, 'src/cli/main.ts'), '--config', file, 'list');
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function compileAll(): void {
  const sources = globSync('src/**/*.ts', { cwd: home }).filter((source) => !runs.test(source));
  const imports = sources.map((source) => `await import(${JSON.stringify(pathToFileURL(join(home, source)).href)});`);
  run('--input-type=module', '--eval', imports.join('\n'));
}

function run(...words: readonly string[]): void {
  const { SUDO_USER: _, ...env } = process.env;
  execFileSync(process.execPath, words, {
    env: { ...env, NODE_COMPILE_CACHE: cache, NODE_COMPILE_CACHE_PORTABLE: '1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
