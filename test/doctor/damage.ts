import { randomBytes } from 'node:crypto';
import { closeSync, openSync, rmSync, statSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';

const pageBytes = 4_096;

/** What can become of a registry's file, by name. */
export const damages: Readonly<Record<string, (registry: string) => void>> = {
  'its pages hold garbage': (registry) => {
    const pages = statSync(registry).size / pageBytes;
    for (let page = 2; page <= pages; page += 1) overwrite(registry, page);
  },
  'it has no bytes any more': (registry) => writeFileSync(registry, ''),
  'it was cut in the middle': (registry) => truncateSync(registry, 2.5 * pageBytes),
  'it is no database any more': (registry) => overwrite(registry, 1),
  'it is gone': (registry) => rmSync(registry),
};

/** Damages an index alone: the rows can still be read. */
export function damageAnIndex(registry: string): void {
  const database = new Database(registry, { readonly: true });
  const page = database.prepare(`SELECT pageno FROM dbstat WHERE name = 'captures_started' LIMIT 1`).pluck().get();
  database.close();
  overwrite(registry, Number(page));
}

function overwrite(registry: string, page: number): void {
  const file = openSync(registry, 'r+');
  writeSync(file, randomBytes(pageBytes), 0, pageBytes, (page - 1) * pageBytes);
  closeSync(file);
}
