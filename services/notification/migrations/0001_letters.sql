-- One row for each letter that was ever begun: its key is what keeps anybody from getting it twice.
-- SENDING: claimed by the worker `claim_id`. UNCERTAIN: the mail server may or may not have taken it; never sent again.
create table letters (
  letter_key text primary key,
  claim_id uuid not null,
  user_id uuid not null,
  kind text not null,
  message_id text not null,
  status text not null default 'SENDING' check (status in ('SENDING', 'SENT', 'UNCERTAIN')),
  claimed_at timestamptz not null default now(),
  sent_at timestamptz,
  check ((status = 'SENT') = (sent_at is not null))
);

-- The few that an operator may want to look at.
create index letters_not_sent on letters (claimed_at) where status <> 'SENT';
