-- One row for each order. Its status changes four times: the room left in each page keeps those updates in their page,
-- away from the index.
create table orders (
  order_id uuid primary key,
  user_id uuid not null,
  status text not null
    check (status in ('PENDING', 'RESERVED', 'PAID', 'IN_DELIVERY', 'COMPLETED', 'CANCELLED')),
  reason text,
  total_amount bigint not null check (total_amount > 0),
  currency text not null,
  items jsonb not null,
  delivery_address text not null,
  payment_id uuid,
  version int not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((status = 'CANCELLED') = (reason is not null))
) with (fillfactor = 70);

-- The Idempotency-Key of an order that was created with one: the unique key against a second order. Kept with the order.
create table idempotency_keys (
  user_id uuid not null,
  key text not null,
  request_hash text not null,
  order_id uuid not null references orders,
  created_at timestamptz not null default now(),
  primary key (user_id, key)
);
