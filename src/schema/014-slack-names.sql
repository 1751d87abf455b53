-- The names of people who have their role by a Slack user group: their Slack name when they first came, kept whatever they call themselves
-- later, and never given to anybody else.
CREATE TABLE slack_names (
  team     TEXT NOT NULL,
  user     TEXT NOT NULL,
  name     TEXT NOT NULL,
  likeness TEXT NOT NULL UNIQUE,                    -- what the name is like: no two names may be taken for each other
  given_at INTEGER NOT NULL,                        -- milliseconds
  PRIMARY KEY (team, user)
) STRICT, WITHOUT ROWID;

-- Whether somebody whose name is like another has left captures: rows are wide, and a person waits.
CREATE INDEX captures_likeness ON captures (lower(replace(analyst, '-', '.')));
