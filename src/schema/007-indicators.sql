-- The lists of hosts that searches looked for.
CREATE TABLE indicators (
  capture      INTEGER PRIMARY KEY REFERENCES captures (number),
  entries      INTEGER NOT NULL,
  sha256       TEXT NOT NULL,                              -- of nets
  behind_tags  INTEGER NOT NULL CHECK (behind_tags IN (0, 1)),
  nets         TEXT NOT NULL                               -- canonical, one a line; last, so that the others are read without it
) STRICT;
