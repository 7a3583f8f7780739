-- The index over the history: one row for each event, at its place in the stream. `json` keeps the text of the data.
-- subject is the CloudEvents subject: the id of the aggregate. order_id and user_id: whose journey the event belongs to.
create table events (
  sequence bigint primary key,
  event_id uuid not null unique,
  type text not null,
  source text not null,
  subject text not null,
  order_id uuid,
  user_id uuid,
  correlation_id text not null,
  causation_id text,
  time timestamptz not null,
  received_at timestamptz not null default now(),
  data json not null
);
-- Each ends with the sequence: a page of an order, a user or a type is read where it lies, already in order.
create index events_of_order on events (order_id, sequence);
create index events_of_user on events (user_id, sequence);
create index events_of_type on events (type, sequence);
-- Rows come almost in the order of their times, so a few summaries of page ranges do the work of a B-tree.
create index events_time on events using brin (time) with (autosummarize = on);
