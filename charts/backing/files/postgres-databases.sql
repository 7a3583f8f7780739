-- For each service that has one: a role that may sign in, its password, and a database that nobody else may enter.
-- Run at every install and upgrade: what is there stays, so a database added later is made by the next upgrade.
\set ON_ERROR_STOP on
\set QUIET on
\set name {{ .name }}
\getenv password {{ .variable }}_PASSWORD
select not exists (select from pg_roles where rolname = :'name') as role_is_missing,
       not exists (select from pg_database where datname = :'name') as database_is_missing \gset
\if :role_is_missing
  create role :"name";
  \echo :name: role created
\endif
alter role :"name" with login password :'password';
\if :database_is_missing
  create database :"name" owner :"name";
  \echo :name: database created
\else
  \echo :name: there
\endif
revoke all on database :"name" from public;
