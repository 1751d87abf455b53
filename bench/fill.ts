import type Database from 'better-sqlite3';
import { type AuditRow, beginning, hashOf } from '../src/capture/chain.ts';
import { savefileName } from '../src/capture/filename.ts';

const minute = 60_000;
/** The first capture begins a minute later, and each other a minute after the one before. */
export const filledFrom = Date.parse('2026-01-01T00:00:00Z');
const subjects = ['traffic to shop', 'names asked for', 'beacons', 'what the printer says', 'mail out'];

/** Fills a registry with so many captures of the past, every tenth a search, and the audit log with two entries for each. */
export function fill(database: Database.Database, captures: number): void {
  const insert = database.prepare(`
    INSERT INTO captures (kind, state, analyst, ordered_by, description, expression, interface, ring, snaplen, savefile, file,
      started_at, ended_at, why, bytes, packets, counts, sha256, facts, owner, tcpdump, version)
    VALUES (:kind, 'stopped', 'bench', 'bench', :description, :expression, 'lo', :ring, 262144, :savefile, :savefile,
      :at, :at + 30000, 'stopped by bench', 513000, 750, :counts, :sha256, :facts, '1/none/1', '1/none/2', :number)`);
  const report = database.prepare(
    `INSERT INTO coverage (capture, position, file, outcome, packets) VALUES (?, ?, ?, 'searched', 150)`,
  );
  const chain = chainIn(database);
  database.transaction(() => {
    for (let number = 1; number <= captures; number += 1) {
      const kind = number % 10 === 0 ? 'past' : 'live';
      const at = filledFrom + number * minute;
      const description = `${subjects[number % subjects.length]} ${number}`;
      const order = { analyst: 'bench', description };
      insert.run({
        ...{ number, kind, at, description, counts, facts },
        expression: `host 192.0.2.${number % 250} and port ${number % 65_535}`,
        ring: kind === 'past' ? 'ring' : null,
        savefile: savefileName(kind, order, at, 1),
        sha256: number.toString(16).padStart(64, '0'),
      });
      if (kind === 'past') for (let file = 0; file < 5; file += 1) report.run(number, file, `ring.pcap.${file}`);
      const asked = chain.add({ at, outcome: 'asked', settles: null, capture: null });
      chain.add({ at, outcome: 'done', settles: asked, capture: `c${number}` });
    }
  })();
}

const counts = JSON.stringify({ captured: 750, receivedByFilter: 750, droppedByKernel: 0 });
const facts = JSON.stringify({
  ...{ packets: 750, fileBytes: 513_000, dataBytes: 501_000, firstAt: 1_795_486_205_000_000 },
  ...{ lastAt: 1_795_486_235_000_000, linktype: 1, snaplen: 262_144, precision: 'microseconds', cutAt: null },
});

/** The audit log's chain as the engine writes it, without a transaction for each entry. */
function chainIn(database: Database.Database) {
  const insert = database.prepare<[AuditRow]>(`INSERT INTO audit VALUES (:seq, :at, :outcome, :settles, :verb, :analyst,
    :acting_for, :origin, :words, :capture, :detail, :process, :previous, :hash)`);
  let { seq, hash } = beginning;
  return {
    add: (entry: Pick<AuditRow, 'at' | 'outcome' | 'settles' | 'capture'>): number => {
      seq += 1;
      const fields = {
        ...{ seq, at: entry.at, outcome: entry.outcome, settles: entry.settles, verb: 'start', analyst: 'bench' },
        ...{ acting_for: null, origin: '{"door":"engine"}', words: 'start -d bench', capture: entry.capture },
        ...{ detail: null, process: '1/none/1', previous: hash },
      };
      hash = hashOf(fields);
      insert.run({ ...fields, hash });
      return seq;
    },
  };
}
