-- More parts of what the bot says of a capture, and questions, of which there is one for each deadline. SQLite makes a table anew for that.
create table messages_anew (
  capture text not null,
  part text not null check (part in ('main', 'thread', 'warnings', 'question', 'failure', 'loss', 'loss report')),
  -- The deadline that a question is about; 0 for all others.
  about integer not null default 0,
  channel text not null,
  -- Goes with the message as metadata: says whose message it is when the answer to posting it was lost.
  op text not null unique,
  ts text,
  -- Version and state of the capture that the message shows.
  sent_version integer not null default 0,
  sent_state text,
  sent_at integer,
  -- When it was last edited: posting it is no edit.
  edited_at integer,
  -- Whatever becomes of the capture, this message stays as it is.
  settled integer not null default 0 check (settled in (0, 1)),
  -- Slack's word for why the message cannot be kept any longer.
  trouble text,
  primary key (capture, part, about)
) strict, without rowid;

insert into messages_anew (capture, part, channel, op, ts, sent_version, sent_state, sent_at, edited_at, trouble)
  select capture, part, channel, op, ts, sent_version, sent_state, sent_at, sent_at, trouble from messages;

-- Nobody is told today of what went wrong before there was anybody to tell it.
insert into messages_anew (capture, part, channel, op, settled)
  select capture, 'failure', channel, lower(hex(randomblob(16))), 1 from messages
  where part = 'main' and sent_state in ('died', 'failed');
insert into messages_anew (capture, part, channel, op, settled)
  select capture, 'loss', channel, lower(hex(randomblob(16))), 1 from messages where part = 'main' and trouble is not null;
insert into messages_anew (capture, part, channel, op, settled)
  select capture, 'loss report', channel, lower(hex(randomblob(16))), 1 from messages where part = 'main' and trouble is not null;

drop table messages;
alter table messages_anew rename to messages;

-- What an analyst was told when a capture of theirs began, JSON: said again in its thread.
create table warnings (
  capture text primary key,
  words text not null
) strict, without rowid;
