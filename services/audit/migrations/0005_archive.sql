-- Stretches of the history that are archived, each a file of its name. It is noted before it is stored, with nulls: what a crash leaves
-- is finished under the same name.
create table segments (
  first_sequence bigint primary key,
  last_sequence bigint not null check (last_sequence >= first_sequence),
  name text not null unique,
  records bigint,
  bytes bigint,
  sha256 bytea check (length(sha256) = 32),
  archived_at timestamptz,
  check (archived_at is null or (records is not null and bytes is not null and sha256 is not null))
);

-- Where the archive is and why it is behind, as one row; none where no archive is set. For whoever looks from outside.
create table archive (
  single boolean primary key default true check (single),
  place text not null,
  error text,
  failed_at timestamptz
);
