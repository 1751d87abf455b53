-- Orders that wait for the approval of a second person, and what became of them.
CREATE TABLE requests (
  number          INTEGER PRIMARY KEY AUTOINCREMENT,  -- a1, a2, ... never given twice
  state           TEXT NOT NULL CHECK (state IN ('waiting', 'starting', 'started', 'failed', 'denied', 'expired')),
  asked           TEXT NOT NULL,                      -- JSON: the order, whole, and its verb
  analyst         TEXT NOT NULL,                      -- whose capture it is to be
  ordered_by      TEXT NOT NULL,
  role            TEXT NOT NULL,                      -- of who ordered it, then
  origin          TEXT NOT NULL,                      -- JSON
  words           TEXT NOT NULL,
  needed          TEXT NOT NULL,                      -- why it needs approval
  asked_at        INTEGER NOT NULL,                   -- milliseconds
  expires_at      INTEGER NOT NULL,                   -- milliseconds
  expires_uptime  INTEGER NOT NULL,                   -- milliseconds since boot
  boot            TEXT NOT NULL,                      -- the boot that expires_uptime counts from
  answered_by     TEXT,
  ended_at        INTEGER,
  why             TEXT,                               -- why it was not started
  owner           TEXT,                               -- while starting: the capture process that does it
  version         INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE INDEX requests_version ON requests (version);
CREATE INDEX requests_open ON requests (state) WHERE state IN ('waiting', 'starting');

-- As of captures: every change of any request gets a number of its own.
CREATE TRIGGER requests_added AFTER INSERT ON requests BEGIN
  UPDATE requests SET version = (SELECT max(version) + 1 FROM requests) WHERE number = new.number;
END;
CREATE TRIGGER requests_changed AFTER UPDATE ON requests WHEN new.version = old.version BEGIN
  UPDATE requests SET version = (SELECT max(version) + 1 FROM requests) WHERE number = new.number;
END;

ALTER TABLE captures ADD COLUMN approved_by TEXT;
-- The request that it was started for; one request starts one capture, whoever is killed.
ALTER TABLE captures ADD COLUMN request INTEGER REFERENCES requests (number);
CREATE UNIQUE INDEX captures_request ON captures (request) WHERE request IS NOT NULL;
