-- Replays into read models, and how far each has come. How far it really has is known by the read model, in the transaction that took it in.
create table replays (
  job uuid primary key,
  projection text not null,
  reason text not null,
  by_user uuid not null,
  -- At most so many records a second; null: as fast as it goes.
  rate int,
  state text not null default 'running' check (state in ('running', 'swapped', 'finalized', 'cancelled')),
  position bigint not null default 0,
  upper bigint not null default 0,
  records bigint not null default 0,
  failed bigint not null default 0,
  error text,
  started_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  ended_at timestamptz
);
-- Two cannot build the same thing: the one that was swapped in is to be finalized first.
create unique index replays_under_way on replays (projection) where state in ('running', 'swapped');
create index replays_newest on replays (started_at desc);
