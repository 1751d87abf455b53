-- Ring files that are kept from being pruned while an incident is open: as further names of the same file, or as copies, in a directory
-- of ours. Rows stay when the files are let go of.
CREATE TABLE pins (
  number           INTEGER PRIMARY KEY,             -- p1, p2, ...
  state            TEXT NOT NULL CHECK (state IN ('pinning', 'held', 'releasing', 'released', 'undone')),
  analyst          TEXT NOT NULL,
  description      TEXT NOT NULL,
  incident         TEXT,
  ring             TEXT NOT NULL,
  since            INTEGER NOT NULL,                -- microseconds
  until            INTEGER NOT NULL,
  directory        TEXT NOT NULL,                   -- where the pin's own directory is; the configuration may name another since
  pinned_at        INTEGER NOT NULL,                -- milliseconds
  expires_at       INTEGER NOT NULL,
  expires_uptime   INTEGER NOT NULL,                -- milliseconds since the boot that set it, as a capture's deadline
  boot             TEXT NOT NULL,
  ended_at         INTEGER,
  why              TEXT,                            -- why it was released or undone
  lacking          TEXT NOT NULL DEFAULT '[]',      -- JSON: ring files of the window that are not pinned, or not wholly
  owner            TEXT NOT NULL                    -- the process that pins or releases it
) STRICT;

CREATE INDEX pins_open ON pins (state) WHERE state IN ('pinning', 'held', 'releasing');

CREATE TABLE pinned (
  pin       INTEGER NOT NULL REFERENCES pins (number),
  position  INTEGER NOT NULL,                       -- names the file in the pin's directory: 0001.pcap is the first
  name      TEXT NOT NULL,                          -- the ring file's
  inode     INTEGER NOT NULL,                       -- the ring file's; a link has the same
  first_at  INTEGER NOT NULL,                       -- its first packet, microseconds
  size      INTEGER NOT NULL,                       -- bytes when it was pinned
  how       TEXT CHECK (how IN ('link', 'copy')),   -- null until it is there
  part      TEXT,                                   -- why a copy has not all of it; null when it has
  PRIMARY KEY (pin, position)
) STRICT, WITHOUT ROWID;
