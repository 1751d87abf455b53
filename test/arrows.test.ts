import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';

/** The rooms of the house, the more particular first; a file belongs to the first that matches. */
const rooms = {
  mains: /^src\/(bot|cli|supervisor)\/main\.ts$/,
  configuration: /^src\/(config|keys|environment|values|checked)\.ts$/,
  database: /^src\/database\.ts$/,
  command: /^src\/command\//,
  loop: /^src\/capture\/(turns|unsynced|patience)\.ts$/,
  nouns:
    /^src\/capture\/(capture|analyst|approval|errors|evidence|filename|health|indicators|orders|pin|preflight|quantities)\.ts$/,
  engine:
    /^src\/capture\/(engine|door|opening|reconcile|asking|both|stop|extend|pinning|joined|sensing|approving|requesting|answering)\.ts$/,
  live: /^src\/capture\/live\//,
  past: /^src\/capture\/past\//,
  joining: /^src\/capture\/joining\//,
  records: /^src\/capture\/[a-z]+\.ts$/,
  views: /^src\/bot\/views\//,
  bot: /^src\/bot\/(?:(?:forms|home)\/)?[a-z-]+\.ts$/,
  cli: /^src\/cli\//,
  doctor: /^src\/doctor\//,
  supervisor: /^src\/supervisor\//,
  reports: /^src\/reports\//,
} as const;
type Room = keyof typeof rooms;

/** DESIGN.md 2. A room may import itself and these; the mains import anything, and nothing imports them. */
const arrows: Record<Exclude<Room, 'mains'>, readonly Room[]> = {
  configuration: ['nouns'],
  nouns: [],
  loop: [],
  database: ['nouns', 'loop'],
  records: ['nouns', 'loop', 'configuration'],
  live: ['nouns', 'records', 'loop'],
  past: ['nouns', 'records', 'loop'],
  joining: ['nouns', 'records', 'loop'],
  engine: ['nouns', 'records', 'loop', 'live', 'past', 'joining', 'database', 'configuration'],
  command: ['nouns'],
  reports: ['nouns'],
  views: ['nouns', 'command', 'reports', 'doctor'],
  bot: ['nouns', 'loop', 'engine', 'command', 'reports', 'views', 'database', 'configuration', 'doctor'],
  supervisor: ['configuration'],
  cli: ['nouns', 'supervisor', 'engine', 'command', 'reports', 'configuration', 'doctor'],
  doctor: ['nouns', 'records', 'past', 'command', 'reports', 'database', 'configuration'],
};

const files = globSync('src/**/*.ts').map((file) => file.replaceAll('\\', '/'));
const imports = new Map(files.map((file) => [file, importsOf(file)]));

test('every file of the product stands in a room', () => {
  assert.deepEqual(
    files.filter((file) => roomOf(file) === undefined),
    [],
  );
  assert.ok(files.length > 30, 'the files were found');
});

test('no arrow between the rooms but those of the design', () => {
  const wrong = files.flatMap((file) => {
    const from = roomOf(file);
    if (from === undefined || from === 'mains') return [];
    return (imports.get(file) ?? []).flatMap((imported) => {
      const to = roomOf(imported);
      return to === undefined || to === from || arrows[from].includes(to)
        ? []
        : [`${file} (${from}) imports ${imported} (${to})`];
    });
  });
  assert.deepEqual(wrong, []);
});

test('nothing imports in a circle', () => {
  const circles: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, trail: readonly string[]): void => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(' -> '));
    if (trail.includes(file) || done.has(file)) return;
    for (const imported of imports.get(file) ?? []) visit(imported, [...trail, file]);
    done.add(file);
  };
  for (const file of files) visit(file, []);
  assert.deepEqual(circles, []);
});

test('only the configuration reads the environment', () => {
  assert.deepEqual(
    files.filter((file) => roomOf(file) !== 'configuration' && /process\.env\b/.test(readFileSync(file, 'utf8'))),
    [],
  );
});

test('the product does not need the sandbox, the tests or the benches', () => {
  const outside = files.flatMap((file) => (imports.get(file) ?? []).filter((imported) => !imported.startsWith('src/')));
  assert.deepEqual(outside, []);
});

function roomOf(file: string): Room | undefined {
  return (Object.keys(rooms) as Room[]).find((room) => rooms[room].test(file));
}

/** The project's own files that a file imports, types and lazy imports included. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:\bfrom|\bimport\(?)\s*'(\.[^']+)'/g)].map((match) =>
    normalize(join(dirname(file), match[1] ?? '')),
  );
}
