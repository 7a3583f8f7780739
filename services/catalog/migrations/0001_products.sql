-- Trigrams answer "name or description holds q" from an index. A trusted extension: the database's owner may create it.
create extension if not exists pg_trgm;

create table products (
  product_id uuid primary key,
  name text not null check (name <> ''),
  description text not null,
  price_amount bigint not null check (price_amount > 0),
  price_currency text not null,
  active boolean not null default true,
  rating_sum bigint not null default 0,
  rating_count bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check (rating_sum between rating_count and 5 * rating_count)
);
create index products_in_order on products (name, product_id) where active;
create index products_search on products using gin (name gin_trgm_ops, description gin_trgm_ops);

-- Which reviews are in the sums: the unique key beneath the inbox, so that a replay never counts a review twice.
create table counted_reviews (
  review_id uuid primary key,
  product_id uuid not null references products,
  rating smallint not null check (rating between 1 and 5)
);
