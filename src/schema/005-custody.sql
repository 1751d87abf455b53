-- What became of savefiles after their captures had ended.

-- A savefile that retention deleted: its row stays, and says when and why.
ALTER TABLE captures ADD COLUMN deleted_at INTEGER;        -- milliseconds
ALTER TABLE captures ADD COLUMN deleted_why TEXT;
ALTER TABLE earlier ADD COLUMN deleted_at INTEGER;
ALTER TABLE earlier ADD COLUMN deleted_why TEXT;
CREATE INDEX captures_held ON captures (ended_at, savefile) WHERE ended_at IS NOT NULL AND deleted_at IS NULL;

-- What the ring held when it was searched: JSON.
ALTER TABLE captures ADD COLUMN ring_span TEXT;
-- What a day's report asks for: captures that ran in it, entries written in it.
CREATE INDEX captures_ended ON captures (ended_at, started_at);
CREATE INDEX audit_at ON audit (at);

-- Savefiles that are complete and there, as far as we know; a start that failed never had one. 'running': its capture goes on.
-- CROSS: the few of earlier first, not all captures in search of them.
CREATE VIEW held AS
  SELECT number, savefile, ended_at, bytes, sha256, analyst, description, expression, incident, 0 AS running
  FROM captures WHERE ended_at IS NOT NULL AND deleted_at IS NULL AND NOT (state = 'failed' AND sha256 IS NULL)
  UNION ALL
  SELECT capture, earlier.savefile, earlier.ended_at, earlier.bytes, earlier.sha256, analyst, description, expression, incident,
    captures.ended_at IS NULL
  FROM earlier CROSS JOIN captures ON number = capture WHERE earlier.deleted_at IS NULL;

-- What a savefile was when it was last looked at; 'deleting' from before its deletion until that is in its row.
CREATE TABLE custody (
  savefile  TEXT PRIMARY KEY,
  capture   INTEGER NOT NULL REFERENCES captures (number),
  at        INTEGER NOT NULL,                              -- milliseconds
  finding   TEXT NOT NULL CHECK (finding IN ('holds', 'hashed', 'changed', 'vanished', 'unreadable', 'no digest', 'deleting', 'deleted')),
  detail    TEXT,
  file      TEXT,                                          -- device/inode/size/time of the file that was looked at
  process   TEXT NOT NULL                                  -- who looked, or deletes
) STRICT, WITHOUT ROWID;

-- How far the audit log was handed over to syslog: every entry up to 'shipped'. One row.
CREATE TABLE syslog (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  shipped     INTEGER NOT NULL,
  claimed_by  TEXT,                                        -- the process that hands over at the moment
  trouble     TEXT                                         -- why the last attempt failed
) STRICT;
INSERT INTO syslog VALUES (1, 0, NULL, NULL);

-- Orders that were asked and not settled yet: found without a walk through the whole log.
CREATE TABLE unsettled (
  seq  INTEGER PRIMARY KEY REFERENCES audit (seq)
) STRICT;
INSERT INTO unsettled SELECT seq FROM audit AS asked
  WHERE outcome = 'asked' AND NOT EXISTS (SELECT 1 FROM audit WHERE settles = asked.seq);
CREATE TRIGGER audit_asked AFTER INSERT ON audit WHEN new.outcome = 'asked' BEGIN
  INSERT INTO unsettled VALUES (new.seq);
END;
CREATE TRIGGER audit_settled AFTER INSERT ON audit WHEN new.settles IS NOT NULL BEGIN
  DELETE FROM unsettled WHERE seq = new.settles;
END;
