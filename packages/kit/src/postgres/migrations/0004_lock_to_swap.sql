-- What a swap locks, in this order, so that something can be taken over from the tables that serve before they are replaced.
create function messaging.lock_to_swap(tables text[]) returns void language plpgsql set lock_timeout = '5s' as $$
declare
  name text;
begin
  lock table messaging.shadow in exclusive mode;
  foreach name in array tables loop
    execute format('lock table public.%I in access exclusive mode', name);
  end loop;
end $$;
