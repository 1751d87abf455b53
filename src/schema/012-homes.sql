-- The bot's own: who opened their Home, and when last: for a while it is kept true, over restarts, too.
create table homes (
  user text primary key,
  team text not null,
  opened_at integer not null
) strict, without rowid;

-- What of somebody's ended last, without a look at everybody's.
create index captures_of on captures (analyst, ended_at);
create index captures_ordered_by on captures (ordered_by, ended_at);
