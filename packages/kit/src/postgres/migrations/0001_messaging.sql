-- The outbox and the inbox, the same in every service's database.
create schema messaging;

-- Every message this service ever said, as it said it. Append-only; dropped by whole days when older than its retention.
-- `position` orders the messages of one aggregate: its row is locked, so the next insert comes after this commit.
create table messaging.outbox (
  created_on date not null default current_date,
  position bigint generated always as identity,
  id uuid not null,
  subject text not null,
  aggregate text not null,
  headers json not null,
  data json not null,
  created_at timestamptz not null default now(),
  primary key (created_on, position)
) partition by range (created_on);

-- A net: a day without a partition of its own still accepts messages.
create table messaging.outbox_default partition of messaging.outbox default;

-- What is not yet known to be in the stream. Kept apart, so that the outbox itself is never updated.
create table messaging.outbox_pending (
  position bigint primary key,
  created_on date not null
) with (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);

create table messaging.inbox (
  consumer text not null,
  message_id uuid not null,
  handled_at timestamptz not null default now(),
  primary key (consumer, message_id)
);
create index inbox_handled_at on messaging.inbox using brin (handled_at);

-- Makes the partitions of the coming days and drops those past their retention. Safe to call at any time, by anybody: it
-- gives up rather than let writers queue behind it. Attaching, unlike creating in place, leaves the outbox open to them.
create function messaging.maintain_outbox(retention_days int) returns void language plpgsql set lock_timeout = '500ms' as $$
declare
  day date;
  name text;
begin
  perform pg_advisory_xact_lock(hashtext('messaging.maintain_outbox'));
  for day in select current_date + n from generate_series(0, 7) as n loop
    name := 'outbox_' || to_char(day, 'YYYYMMDD');
    if to_regclass('messaging.' || name) is null
      and not exists (select from messaging.outbox_default where created_on = day) then
      execute format('create table messaging.%I (like messaging.outbox including defaults including constraints including indexes)', name);
      execute format('alter table messaging.outbox attach partition messaging.%I for values from (%L) to (%L)', name, day, day + 1);
    end if;
  end loop;
  for name in
    select relname from pg_class join pg_namespace n on n.oid = relnamespace
    where nspname = 'messaging' and relkind = 'r' and relname ~ '^outbox_\d{8}$'
      and to_date(right(relname, 8), 'YYYYMMDD') < current_date - retention_days
      and not exists (
        select from messaging.outbox_pending
        where created_on = to_date(right(relname, 8), 'YYYYMMDD'))
  loop
    execute format('drop table messaging.%I', name);
  end loop;
end $$;

select messaging.maintain_outbox(35);
