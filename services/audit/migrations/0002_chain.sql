-- Each record as it lies in the stream, and the chain that proves it. Decision 11 tells why it is like that.
-- headers: [[name, value], …] in their order, as text of JSON. The body is the text of `data`, or `body` where it is no JSON.
-- hash is null for what was entered before there was a chain: that can be read, and not proved.
alter table events
  add column nats_subject text,
  add column headers json,
  add column body bytea,
  add column hash bytea check (length(hash) = 32),
  add column stored_at timestamptz,
  alter column event_id drop not null,
  alter column data drop not null,
  drop constraint events_event_id_key;
create index events_of_event on events (event_id);

-- One for each record, in the order of the history without a gap: its link is made of the one before and the record's hash.
create table seals (
  sequence bigint primary key,
  link bytea not null check (length(link) = 32)
);

-- What the link was at a place, signed. Who may write here and has no key can forge none of them.
create table checkpoints (
  sequence bigint primary key references seals,
  link bytea not null,
  signed_at timestamptz not null,
  key_id text not null,
  signature bytea not null
);

create table signing_keys (
  key_id text primary key,
  public_key text not null,
  since timestamptz not null default now()
);
