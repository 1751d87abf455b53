-- Which capture a message is about, asked for each order that is given in a thread.
create index messages_ts on messages (channel, ts);
