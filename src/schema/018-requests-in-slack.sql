-- What became of a request is said once. What an earlier release said of it stays as it is.
update messages set settled = 1 where capture glob 'a[0-9]*' and part = 'thread' and ts is not null;

-- Nobody is told today of what was lost before there was anybody to tell it.
insert into messages (capture, part, channel, op, settled)
  select capture, 'loss', channel, lower(hex(randomblob(16))), 1 from messages
  where capture glob 'a[0-9]*' and part = 'main' and ts is not null and trouble is not null;
insert into messages (capture, part, channel, op, settled)
  select capture, 'loss report', channel, lower(hex(randomblob(16))), 1 from messages
  where capture glob 'a[0-9]*' and part = 'main' and ts is not null and trouble is not null;

-- What was asked in a shell before that was shown in Slack is not shown there now.
insert into messages (capture, part, channel, op, trouble)
  select 'a' || number, 'main', '', lower(hex(randomblob(16))), 'not_shown_then' from requests
  where state in ('waiting', 'starting') and origin ->> 'door' <> 'slack';
