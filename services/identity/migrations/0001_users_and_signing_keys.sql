-- An e-mail address is kept in lower case, as the contract yields it, so that unique means unique for people.
-- session_epoch: a session belongs to the epoch its user had at sign-in; raising it ends all of them at once.
create table users (
  user_id uuid primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text not null,
  role text not null check (role in ('customer', 'courier', 'admin')),
  session_epoch integer not null default 0,
  email_verified_at timestamptz,
  created_at timestamptz not null default now()
);

-- The private key is a JWE, readable only with KEY_ENCRYPTION_KEY. A key is published from created_at on, may sign from
-- signs_from on, and is published until retires_at; retires_at is set when its successor is made.
create table signing_keys (
  kid text primary key,
  public_jwk jsonb not null,
  private_key_encrypted text not null,
  created_at timestamptz not null default now(),
  signs_from timestamptz not null,
  retires_at timestamptz
);
