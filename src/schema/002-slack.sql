-- The bot's own tables: what it has on Slack. What is true of a capture stands in captures, never here.

-- One row per message that the bot keeps true. ts is Slack's name for it, null until Slack has it.
create table messages (
  capture text not null,
  part text not null check (part in ('main', 'thread')),
  channel text not null,
  -- Goes with the message as metadata: says whose message it is when the answer to posting it was lost.
  op text not null unique,
  ts text,
  -- Version and state of the capture that the message shows.
  sent_version integer not null default 0,
  sent_state text,
  sent_at integer,
  -- Slack's word for why the message cannot be kept any longer.
  trouble text,
  primary key (capture, part)
) strict, without rowid;

-- What Slack delivered within the last hour, so that a repetition does nothing.
create table deliveries (
  key text primary key,
  at integer not null
) strict, without rowid;

create index deliveries_at on deliveries (at);

-- Daily digests: claimed before Slack is asked, settled when it is known or given up what became of it.
create table digests (
  day text not null,
  channel text not null,
  claimed_at integer not null,
  settled_at integer,
  -- Null while unsettled, and where nobody knows whether the message is there.
  ts text,
  primary key (day, channel)
) strict, without rowid;
