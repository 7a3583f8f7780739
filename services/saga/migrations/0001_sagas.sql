-- One row for each order's journey, made by whichever of its events is heard first. `facts`: what is known to have happened,
-- by name; everything else but `deadline_at` and `sent` follows from them. The room left in each page keeps updates in it.
create table sagas (
  order_id uuid primary key,
  user_id uuid not null,
  status text not null default 'RUNNING' check (status in ('RUNNING', 'COMPENSATING', 'COMPLETED', 'CANCELLED')),
  step text,
  deadline_at timestamptz,
  reason text,
  facts jsonb not null default '{}',
  sent jsonb not null default '{}',
  version int not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (deadline_at is null or status in ('RUNNING', 'COMPENSATING'))
) with (fillfactor = 60);

-- Only what waits is in it: as small as the number of orders under way.
create index sagas_deadline_at on sagas (deadline_at) where deadline_at is not null;
