-- A read model that is built anew from the history beside the one that serves: its tables stand in the schema `shadow` while it is filled,
-- and those it took the place of in `replaced` until it is finalized. One at a time.
-- Whoever handles live messages holds the row, or its absence, for as long as the transaction: what begins or swaps waits for them.
create table messaging.shadow (
  one boolean primary key default true check (one),
  job uuid not null,
  state text not null check (state in ('filling', 'swapped')),
  -- The history is taken in up to here; `upper`: where the replay ends, for what follows is heard live.
  position bigint not null default 0,
  upper bigint not null default 0
);

-- Makes empty tables like those that serve, with the indexes that constraints stand on; the others follow when it is filled.
create function messaging.begin_shadow(this_job uuid, tables text[]) returns void language plpgsql as $$
declare
  name text;
  it record;
begin
  lock table messaging.shadow in exclusive mode;
  insert into messaging.shadow (job, state) values (this_job, 'filling');
  create schema shadow;
  foreach name in array tables loop
    execute format('create table shadow.%I (like public.%I including all excluding indexes)', name, name);
    for it in
      select unnest(reloptions) as option from pg_class where oid = format('public.%I', name)::regclass and reloptions is not null
    loop
      execute format('alter table shadow.%I set (%s)', name, it.option);
    end loop;
    for it in
      select conname, pg_get_constraintdef(oid) as definition from pg_constraint
      where conrelid = format('public.%I', name)::regclass and contype in ('p', 'u', 'x')
    loop
      execute format('alter table shadow.%I add constraint %I %s', name, it.conname, it.definition);
    end loop;
  end loop;
end $$;

-- The indexes that the tables beside lack, as statements: made one by one outside of a transaction, so that nobody waits for them.
create function messaging.shadow_indexes(tables text[]) returns setof text language sql as $$
  select regexp_replace(pg_get_indexdef(i.indexrelid), '^CREATE (UNIQUE )?INDEX (\S+) ON (public\.)?', 'CREATE \1INDEX CONCURRENTLY \2 ON shadow.')
  from pg_index i join pg_class c on c.oid = i.indexrelid
  where i.indrelid = any(select format('public.%I', name)::regclass from unnest(tables) as t(name))
    and not exists (select from pg_constraint where conindid = i.indexrelid)
    and not exists (
      select from pg_class made join pg_namespace n on n.oid = made.relnamespace join pg_index m on m.indexrelid = made.oid
      where made.relname = c.relname and n.nspname = 'shadow' and m.indisvalid)
$$;

create function messaging.swap_shadow(this_job uuid, tables text[]) returns void language plpgsql set lock_timeout = '5s' as $$
declare
  name text;
begin
  lock table messaging.shadow in exclusive mode;
  create schema replaced;
  foreach name in array tables loop
    execute format('alter table public.%I set schema replaced', name);
    execute format('alter table shadow.%I set schema public', name);
  end loop;
  drop schema shadow;
  update messaging.shadow set state = 'swapped' where job = this_job;
end $$;

-- Ends it: drops whatever stands beside.
create function messaging.end_shadow(this_job uuid) returns void language plpgsql set lock_timeout = '5s' as $$
begin
  lock table messaging.shadow in exclusive mode;
  drop schema if exists shadow, replaced cascade;
  delete from messaging.shadow where job = this_job;
  delete from messaging.inbox where consumer = 'shadow/' || this_job;
end $$;
