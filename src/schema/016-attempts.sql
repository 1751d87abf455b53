-- When a post of the message went out whose answer nobody has heard yet: before it is posted again, it is looked for.
alter table messages add column attempted_at integer;

-- Orders that Slack delivered and nobody has answered yet: whoever is killed in between, the next bot tells their person.
create table unanswered (
  -- As in deliveries.
  key text primary key,
  at integer not null,
  -- The bot that has it in hand.
  owner text not null,
  team text not null,
  user text not null,
  channel text not null,
  thread text,
  -- As typed or clicked; null where that is a form.
  words text,
  -- Where an answer goes that only this person sees; null for what was said in a message.
  response_url text
) strict, without rowid;
