create table couriers (
  courier_id uuid primary key,
  name text not null,
  active boolean not null default true
);

-- One delivery for each order at most: the unique key beneath the inbox. A CANCELLED one without an address was cancelled
-- before the order was paid, so that it never begins. next_step_at: when a simulated courier moves; null in people's hands.
create table deliveries (
  delivery_id uuid primary key,
  order_id uuid not null unique,
  user_id uuid not null,
  delivery_address text,
  courier_id uuid references couriers,
  status text not null
    check (status in ('PENDING', 'IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED', 'FAILED', 'CANCELLED')),
  note text,
  next_step_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (delivery_address is not null or status = 'CANCELLED'),
  check (next_step_at is null or (status in ('PENDING', 'IN_TRANSIT', 'OUT_FOR_DELIVERY') and courier_id is not null))
);
create index deliveries_unfinished on deliveries (courier_id)
  where status in ('PENDING', 'IN_TRANSIT', 'OUT_FOR_DELIVERY');
create index deliveries_waiting on deliveries (created_at) where courier_id is null and status = 'PENDING';
create index deliveries_next_step on deliveries (next_step_at) where next_step_at is not null;
