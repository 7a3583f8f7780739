create table profiles (
  user_id uuid primary key,
  email text not null,
  name text not null,
  phone text,
  address text,
  locale text not null check (locale in ('en', 'ru')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
