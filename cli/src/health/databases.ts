// What one PostgreSQL database of a service says: version, migrations, what waits in its outbox. Reads only.
import { type Queryable, statement } from '@deliveryflow/kit/postgres/statement'
import pg from 'pg'
import { withDatabase } from '../database.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'

/** One database as it was seen. Ages are in milliseconds, sizes in bytes. */
export type DatabaseReading = {
  name: string
  version: string
  bytes: number
  /** Names of the applied migrations; null where the table is missing: nothing was ever applied. */
  migrations: { messaging: string[] | null; service: string[] | null }
  /** Messages not known to be in their stream. */
  outbox: { pending: number; oldest_ms: number | null }
  /** Of the database `saga` alone. */
  sagas: Sagas | null
  /** Of the database `notification` alone: letters that nobody knows the fate of, and those that a dead worker holds. */
  letters: { uncertain: number; stuck: number } | null
  /** Of the database `audit` alone; null where no archive is set. */
  archive: Archived | null
}

/** How far the history is archived and sealed, and since when and why it could not be archived any further. */
export type Archived = { place: string; archived: number; sealed: number; error: string | null; failed_at: Date | null }

/** Sagas by status, and those past their deadline for longer than the sweeper needs to see them. */
export type Sagas = {
  by_status: Record<string, number>
  overdue: number
  overdue_order_id: string | null
  overdue_ms: number | null
}

/** The sweeper looks every second, but first hears events for 10 s after a disturbance. */
const graceSeconds = 60

const about = statement<
  [],
  {
    version: string
    bytes: number
    service: boolean
    messaging: boolean
    outbox: boolean
    sagas: boolean
    letters: boolean
    archive: boolean
  }
>(
  'dfctl_about',
  `select current_setting('server_version') as version, pg_database_size(current_database()) as bytes,
     to_regclass('public.migrations') is not null as service,
     to_regclass('public.migrations_messaging') is not null as messaging,
     to_regclass('messaging.outbox_pending') is not null as outbox,
     to_regclass('public.sagas') is not null as sagas, to_regclass('public.letters') is not null as letters,
     to_regclass('public.archive') is not null as archive`,
)

const migrationsOf = (table: 'migrations' | 'migrations_messaging') =>
  statement<[], { name: string }>(`dfctl_${table}`, `select name from public.${table} order by id`)

const serviceMigrations = migrationsOf('migrations')
const messagingMigrations = migrationsOf('migrations_messaging')

const outboxBacklog = statement<[], DatabaseReading['outbox']>(
  'dfctl_outbox_backlog',
  `select (select count(*)::int from messaging.outbox_pending) as pending,
     (select (extract(epoch from now() - o.created_at) * 1000)::float8
      from messaging.outbox_pending p join messaging.outbox o using (created_on, position)
      order by position limit 1) as oldest_ms`,
)

const sagaCounts = statement<[], { status: string; count: number }>(
  'dfctl_saga_counts',
  'select status, count(*)::int as count from sagas group by status order by status',
)

const overdueSagas = statement<[grace_seconds: number], Omit<Sagas, 'by_status'>>(
  'dfctl_overdue_sagas',
  `with late as (select order_id, deadline_at from sagas where deadline_at < now() - make_interval(secs => $1))
   select (select count(*)::int from late) as overdue, order_id as overdue_order_id,
     (extract(epoch from now() - deadline_at) * 1000)::float8 as overdue_ms
   from (select 1) one left join (select * from late order by deadline_at limit 1) oldest on true`,
)

const lettersNotSent = statement<[], NonNullable<DatabaseReading['letters']>>(
  'dfctl_letters_not_sent',
  `select count(*) filter (where status = 'UNCERTAIN')::int as uncertain,
     count(*) filter (where status = 'SENDING' and claimed_at < now() - interval '10 minutes')::int as stuck
   from letters where status <> 'SENT'`,
)

const archived = statement<[], Archived>(
  'dfctl_archived',
  `select place, error, failed_at, coalesce((select max(sequence) from seals), 0) as sealed,
     coalesce((select max(last_sequence) from segments where archived_at is not null), 0) as archived
   from archive`,
)

/** Reads a database. Throws what `withDatabase` throws: `explainDatabase` turns it into words. */
export const readDatabase = (target: Target, name: string): Promise<DatabaseReading> =>
  withDatabase(target, name, async (db) => {
    const { version, bytes, ...has } = only(await about(db))
    return {
      name,
      version: version.split(' ')[0] ?? version,
      bytes,
      migrations: {
        messaging: has.messaging ? (await messagingMigrations(db)).map((migration) => migration.name) : null,
        service: has.service ? (await serviceMigrations(db)).map((migration) => migration.name) : null,
      },
      outbox: has.outbox ? only(await outboxBacklog(db)) : { pending: 0, oldest_ms: null },
      sagas: name === 'saga' && has.sagas ? await readSagas(db) : null,
      letters: name === 'notification' && has.letters ? only(await lettersNotSent(db)) : null,
      archive: name === 'audit' && has.archive ? ((await archived(db))[0] ?? null) : null,
    }
  })

const readSagas = async (db: Queryable): Promise<Sagas> => ({
  by_status: Object.fromEntries((await sagaCounts(db)).map(({ status, count }) => [status, count])),
  ...only(await overdueSagas(db, graceSeconds)),
})

/** The row of a statement that always has one. */
const only = <Row>([row]: readonly Row[]): Row => {
  if (row === undefined) throw new Error('PostgreSQL answered without a row')
  return row
}

/** Why a database cannot be used. `answered`: PostgreSQL itself runs, and only this way in is wrong. */
export type DatabaseTrouble = { answered: boolean; wrong_password: boolean; reason: string }

/** Puts what `readDatabase` threw in words. A Failure about something else, like a missing Secret, is thrown again. */
export const explainDatabase = (thrown: unknown, name: string): DatabaseTrouble => {
  const error = thrown instanceof Failure ? thrown.cause : thrown
  if (thrown instanceof Failure && error === undefined) throw thrown
  const code = error instanceof pg.DatabaseError ? error.code : undefined
  if (code === undefined)
    return { answered: false, wrong_password: false, reason: `PostgreSQL does not answer: ${reasonOf(error)}` }
  const known: Record<string, string> = {
    '28P01': `PostgreSQL refuses its password: it is not the one in secret postgres-${name}`,
    '28000': `PostgreSQL refuses its user: ${reasonOf(error)}`,
    '3D000': 'PostgreSQL has no database of this name',
    '53300': 'PostgreSQL has no connection left',
    '57P03': `PostgreSQL does not take connections yet: ${reasonOf(error)}`,
  }
  return { answered: code !== '57P03', wrong_password: code === '28P01', reason: known[code] ?? reasonOf(error) }
}
