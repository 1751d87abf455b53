// Locks a registry at a line of its stdin and lets go when that ends, as a backup tool might: lock-registry.ts FILE
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';

const database = new Database(process.argv[2], { fileMustExist: true });
process.stdout.write('ready\n');
for await (const _ of createInterface({ input: process.stdin })) {
  database.exec('BEGIN EXCLUSIVE');
  process.stdout.write('locked\n');
}
if (database.inTransaction) database.exec('ROLLBACK');
database.close();
