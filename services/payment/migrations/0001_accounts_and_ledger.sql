create table accounts (
  user_id uuid primary key,
  balance bigint not null default 0 check (balance >= 0),
  currency text not null,
  opened_at timestamptz not null default now()
);

-- One row for each order that payment ever heard of: the unique key beneath the inbox. VOIDED: refunded before it was captured.
create table payments (
  order_id uuid primary key,
  payment_id uuid,
  user_id uuid not null,
  status text not null check (status in ('CAPTURED', 'FAILED', 'REFUNDED', 'VOIDED')),
  reason text,
  amount bigint check (amount > 0),
  currency text,
  created_at timestamptz not null default now(),
  refunded_at timestamptz,
  check ((status in ('CAPTURED', 'REFUNDED')) = (payment_id is not null))
);

-- Double entry: each movement takes from one account and gives to another, so all entries sum to zero by their form.
-- A wallet is `wallet:<user_id>`; `deposits` is the world outside, `sales` what orders brought in.
create table ledger (
  movement_id uuid primary key,
  kind text not null check (kind in ('DEPOSIT', 'CAPTURE', 'REFUND')),
  reference text not null,
  debit_account text not null,
  credit_account text not null,
  amount bigint not null check (amount > 0),
  currency text not null,
  created_at timestamptz not null default now(),
  unique (kind, reference),
  check (debit_account <> credit_account)
);
create index ledger_debit_account on ledger (debit_account);
create index ledger_credit_account on ledger (credit_account);

create view ledger_entries as
  select movement_id, kind, reference, debit_account as account, -amount as amount, currency, created_at from ledger
  union all
  select movement_id, kind, reference, credit_account, amount, currency, created_at from ledger;
