-- available: what can be ordered now. received: all that ever came in, less what was written off. Always true:
-- available + the items of RESERVED orders = received. What was delivered stays in its RESERVED order: it is sold.
create table stock (
  product_id uuid primary key,
  available bigint not null check (available >= 0),
  received bigint not null check (received >= available)
);

-- One row for each order that inventory ever heard of: the unique key beneath the inbox. VOIDED: released before it was
-- reserved.
create table reservations (
  order_id uuid primary key,
  user_id uuid not null,
  status text not null check (status in ('RESERVED', 'REJECTED', 'RELEASED', 'VOIDED')),
  created_at timestamptz not null default now(),
  released_at timestamptz,
  check ((status = 'RELEASED') = (released_at is not null))
);

-- What is, or was, put aside. Written once, in the transaction that takes the stock; no foreign keys, whose checks would
-- cost the busiest write a look-up for each item.
create table reservation_items (
  order_id uuid not null,
  product_id uuid not null,
  quantity bigint not null check (quantity > 0),
  primary key (order_id, product_id)
);

-- What the sums must be; empty when all is well. For operators and tests.
create view stock_discrepancies as
  select product_id, s.available, s.received, coalesce(r.reserved, 0) as reserved
  from stock s full join (
    select product_id, sum(quantity) as reserved
    from reservation_items join reservations using (order_id) where status = 'RESERVED' group by product_id) r
  using (product_id)
  where s.received is distinct from s.available + coalesce(r.reserved, 0);
