CREATE TABLE captures (
  number        INTEGER PRIMARY KEY AUTOINCREMENT,  -- c1, c2, ... never given twice
  kind          TEXT NOT NULL CHECK (kind IN ('live', 'past')),
  state         TEXT NOT NULL CHECK (state IN ('starting', 'running', 'stopping', 'stopped', 'finished', 'cancelled', 'died', 'failed')),
  analyst       TEXT NOT NULL,
  ordered_by    TEXT NOT NULL,
  description   TEXT NOT NULL,
  expression    TEXT NOT NULL,
  incident      TEXT,
  interface     TEXT,
  ring          TEXT,
  since         INTEGER,                            -- microseconds
  until         INTEGER,
  snaplen       INTEGER NOT NULL,
  savefile      TEXT NOT NULL UNIQUE,               -- the final name, without directory
  file          TEXT NOT NULL,                      -- the name now: a search's differs while it runs
  channel       TEXT,
  started_at    INTEGER NOT NULL,                   -- milliseconds
  ended_at      INTEGER,
  why           TEXT,
  bytes         INTEGER,
  packets       INTEGER,
  counts        TEXT,                               -- JSON
  sha256        TEXT,
  facts         TEXT,                               -- JSON
  progress      TEXT,                               -- JSON
  owner         TEXT NOT NULL,                      -- the capture process that starts, searches or stops it
  tcpdump       TEXT,                               -- the process that captures: pid/boot/start time
  version       INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX captures_version ON captures (version);
CREATE INDEX captures_open ON captures (state) WHERE state IN ('starting', 'running', 'stopping');
CREATE INDEX captures_started ON captures (started_at);

-- Every change of any capture gets a number of its own, so that "what changed since" is one question.
CREATE TRIGGER captures_added AFTER INSERT ON captures BEGIN
  UPDATE captures SET version = (SELECT max(version) + 1 FROM captures) WHERE number = new.number;
END;
CREATE TRIGGER captures_changed AFTER UPDATE ON captures WHEN new.version = old.version BEGIN
  UPDATE captures SET version = (SELECT max(version) + 1 FROM captures) WHERE number = new.number;
END;

CREATE TABLE coverage (
  capture   INTEGER NOT NULL REFERENCES captures (number),
  position  INTEGER NOT NULL,
  file      TEXT NOT NULL,
  outcome   TEXT NOT NULL,
  "from"    INTEGER,                                -- microseconds
  "to"      INTEGER,
  packets   INTEGER NOT NULL,
  detail    TEXT,
  PRIMARY KEY (capture, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  seq         INTEGER PRIMARY KEY,
  at          INTEGER NOT NULL,                     -- milliseconds
  outcome     TEXT NOT NULL CHECK (outcome IN ('asked', 'done', 'refused', 'invalid', 'failed', 'unknown', 'noted')),
  settles     INTEGER UNIQUE REFERENCES audit (seq),
  verb        TEXT NOT NULL,
  analyst     TEXT,
  acting_for  TEXT,
  origin      TEXT NOT NULL,                        -- JSON
  words       TEXT NOT NULL,
  capture     TEXT,
  detail      TEXT,
  process     TEXT NOT NULL,                        -- who wrote it: an 'asked' of a dead process is settled as 'unknown'
  previous    TEXT NOT NULL,
  hash        TEXT NOT NULL UNIQUE                  -- SHA-256 over everything above, the hash before included
) STRICT;

CREATE TRIGGER audit_is_never_rewritten BEFORE UPDATE ON audit BEGIN
  SELECT raise(ABORT, 'the audit log is never rewritten');
END;
CREATE TRIGGER audit_is_never_deleted BEFORE DELETE ON audit BEGIN
  SELECT raise(ABORT, 'nothing is deleted from the audit log');
END;
-- REPLACE deletes without asking the trigger above, unless a connection asks for that.
CREATE TRIGGER audit_only_grows BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE seq >= new.seq OR settles = new.settles OR hash = new.hash) BEGIN
  SELECT raise(ABORT, 'the audit log is never rewritten: each entry is new, and settles an order that is not settled');
END;
