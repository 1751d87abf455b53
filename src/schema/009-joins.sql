-- Orders that want one further savefile of all packets: made once every capture of the order has ended.
CREATE TABLE joins (
  number   INTEGER PRIMARY KEY,
  state    TEXT NOT NULL CHECK (state IN ('gathering', 'complete', 'ended')),
  owner    TEXT NOT NULL,                                  -- while gathering: who gives the order, and may add a part
  capture  INTEGER REFERENCES captures (number),           -- the joined savefile's, from when its making began
  why      TEXT                                            -- why there is none
) STRICT;
CREATE INDEX joins_open ON joins (number) WHERE state <> 'ended';

ALTER TABLE captures ADD COLUMN part_of INTEGER REFERENCES joins (number);
ALTER TABLE captures ADD COLUMN joined TEXT;               -- JSON: the savefiles that a joined one is made of
CREATE INDEX captures_part_of ON captures (part_of) WHERE part_of IS NOT NULL;
