-- The read model: one row for each order, the fold of its events. What the order holds is null until order_created was seen.
-- fillfactor: a row is updated by every event of its journey; with room on its page no index has to be touched.
create table orders (
  order_id uuid primary key,
  user_id uuid not null,
  status text not null check (status in ('PENDING', 'RESERVED', 'PAID', 'IN_DELIVERY', 'COMPLETED', 'CANCELLED')),
  reason text,
  payment_id uuid,
  updated_at timestamptz not null,
  created_at timestamptz,
  total_amount bigint,
  currency text,
  items jsonb,
  product_ids uuid[],
  delivery_address text,
  check ((created_at is null) = (items is null))
) with (fillfactor = 70);
create index orders_of_user on orders (user_id, created_at desc, order_id desc);
create index orders_newest on orders (created_at desc, order_id desc);
create index orders_products on orders using gin (product_ids);

-- Every event of an order's journey, once. No foreign key: both are written by the same statement.
create table timeline (
  order_id uuid not null,
  event_id uuid not null,
  type text not null,
  at timestamptz not null,
  status text,
  detail jsonb not null,
  primary key (order_id, event_id)
);
