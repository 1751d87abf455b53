-- What a capture may take. A deadline is kept twice: by the clock on the wall, and by the sensor's uptime, which nobody sets back.
ALTER TABLE captures ADD COLUMN deadline INTEGER;          -- milliseconds
ALTER TABLE captures ADD COLUMN deadline_uptime INTEGER;   -- milliseconds since boot
ALTER TABLE captures ADD COLUMN boot TEXT;                 -- the boot that deadline_uptime counts from
ALTER TABLE captures ADD COLUMN asked_for INTEGER;         -- the deadline before which somebody was asked whether to go on
ALTER TABLE captures ADD COLUMN max_bytes INTEGER;
ALTER TABLE captures ADD COLUMN max_packets INTEGER;
-- How a capture that is coming to its end will have ended.
ALTER TABLE captures ADD COLUMN ending TEXT CHECK (ending IN ('stopped', 'finished', 'cancelled', 'died', 'failed'));
-- When that was: fixed before its savefile is read and explained, so that it is the same whoever finishes it.
ALTER TABLE captures ADD COLUMN ending_at INTEGER;         -- milliseconds
ALTER TABLE captures ADD COLUMN keep INTEGER NOT NULL DEFAULT 0 CHECK (keep IN (0, 1));
-- The expression that libpcap got, where VLAN tags made it another than the typed one.
ALTER TABLE captures ADD COLUMN expanded TEXT;

-- Earlier savefiles of a capture that was started again after a reboot.
CREATE TABLE earlier (
  capture    INTEGER NOT NULL REFERENCES captures (number),
  savefile   TEXT NOT NULL UNIQUE,
  ended_at   INTEGER NOT NULL,
  why        TEXT NOT NULL,
  bytes      INTEGER,
  packets    INTEGER,
  counts     TEXT,
  facts      TEXT,
  sha256     TEXT,
  PRIMARY KEY (capture, savefile)
) STRICT, WITHOUT ROWID;

-- Who looks after running captures: one process at a time.
CREATE TABLE lease (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  holder      TEXT NOT NULL,
  renewed_at  INTEGER NOT NULL                             -- milliseconds since boot
) STRICT;

-- When VLAN tags were last seen on an interface.
CREATE TABLE tagged (
  interface  TEXT PRIMARY KEY,
  seen_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
