-- The bot's own: searches that wait for their person to say whether they may read so much. Gone once they are answered.
create table unconfirmed (
  id text primary key,
  team text not null,
  user text not null,
  -- As typed, for the audit log.
  words text not null,
  -- The command as understood, JSON.
  command text not null,
  asked_at integer not null
) strict, without rowid;

-- How fast finished searches were: the bytes of their ring that they read, which an index makes fewer, and for how long they did.
create table paces (
  capture integer primary key references captures (number),
  ring text not null,
  bytes integer not null,
  milliseconds integer not null
) strict;

create index paces_ring on paces (ring, capture);
