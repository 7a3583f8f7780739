-- What was said in the history of an action: a request that comes again says nothing new. An action may come in several requests,
-- each with a part of what it concerns.
create table actions (
  action_id uuid,
  part text,
  action text not null,
  by_user uuid not null,
  reason text not null,
  said_at timestamptz not null default now(),
  primary key (action_id, part)
);
