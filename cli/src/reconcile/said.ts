// What services said and the streams lost: compared with the history and with what each consumer handled, and given to whom it is missing at.
import {
  type ConsumerContract,
  consumersOf,
  databaseOf,
  isServerHeader,
  retryMessage,
  type ServiceTopology,
  services,
} from '@deliveryflow/contracts'
import { publish } from '@deliveryflow/kit/outbox/publish'
import { jetstream } from '@nats-io/jetstream'
import { type Ask, connectionOf, granted } from '../calls.ts'
import { withDatabase } from '../database.ts'
import { Failure } from '../failure.ts'
import type { Target } from '../target.ts'
import { reviewsBetween, withoutPurchases } from './reviews.ts'
import { type Said, selectBegun, selectHandled, selectIndexed, selectSaid, selectSaidOf } from './store.ts'

const page = 1000

/** The databases of PostgreSQL whose outboxes hold what is said. */
const sayers = [
  ...new Set(services.filter(({ says }) => says.length > 0).flatMap((service) => databaseOf(service) ?? [])),
]

/** Everything that was said between two moments, a page of one service at a time. */
export async function* saidBetween(
  target: Target,
  since: Date,
  until: Date,
): AsyncGenerator<{ database: string; rows: Said[] }> {
  for (const database of sayers) {
    for (let after = 0; ; ) {
      const rows = await withDatabase(target, database, (db) => selectSaid(db, since, until, after, page))
      if (rows.length > 0) yield { database, rows }
      after = rows.at(-1)?.position ?? after
      if (rows.length < page) break
    }
  }
  for await (const rows of reviewsBetween(target, since, until, page)) yield { database: 'review', rows }
}

/** Everything that services said about these orders, letters, … since a day. What MongoDB keeps is about none of them. */
export const saidOf = async (target: Target, aggregates: string[], since: Date): Promise<Said[]> => {
  const rows = sayers.map((database) => withDatabase(target, database, (db) => selectSaidOf(db, since, aggregates)))
  return (await Promise.all(rows)).flat()
}

const isEvent = ({ subject }: Said) => subject.startsWith('events.')

/** Those of these messages that are events and are not in the history. */
export const notInHistory = async (target: Target, rows: readonly Said[]): Promise<Said[]> => {
  const events = rows.filter(isEvent)
  const known = await withDatabase(target, 'audit', (db) =>
    selectIndexed(
      db,
      events.map(({ id }) => id),
    ),
  )
  const there = new Set(known.map(({ id }) => id))
  return events.filter(({ id }) => !there.has(id))
}

/** Publishes messages as their service would; one that the stream holds after all is not stored twice. */
export const publishAgain = async (target: Target, rows: readonly Said[]): Promise<void> => {
  if (rows.length === 0) return
  const js = jetstream(await connectionOf(target))
  const messages = rows.map(({ headers, ...row }) => ({
    ...row,
    headers: JSON.parse(headers) as Record<string, string>,
  }))
  const { failures } = await publish(js, messages)
  if (failures.length > 0)
    throw new Failure('unhealthy', `${failures.length} messages could not be published`, {
      why: String(failures[0]),
      next: 'Run it again when dfctl check finds NATS well; what was published is not published again.',
    })
}

/** A message that a service has not handled. */
export type Unhandled = { service: string; stream: ConsumerContract['stream']; row: Said }

type Hearing = { service: ServiceTopology; contract: ConsumerContract }
const hearing: Hearing[] = services
  .filter(({ name }) => name !== 'audit')
  .flatMap((service) => consumersOf(service).map((contract) => ({ service, contract })))

/** Which of these messages were not handled by whom. Who keeps no inbox is asked by what it keeps instead. */
export const unhandled = async (target: Target, rows: readonly Said[]): Promise<Unhandled[]> => {
  const found = await Promise.all(
    hearing.map(async ({ service, contract }): Promise<Unhandled[]> => {
      const heard = rows.filter(({ subject }) => contract.filter_subjects.includes(subject))
      if (heard.length === 0) return []
      const database = databaseOf(service)
      const handled = database === null ? null : await handledOf(target, database, contract, heard)
      const missing = handled ? heard.filter(({ id }) => !handled.has(id)) : await withoutPurchases(target, heard)
      return missing.map((row) => ({ service: service.name, stream: contract.stream, row }))
    }),
  )
  return found.flat()
}

const handledOf = async (
  target: Target,
  database: string,
  { stream, durable }: ConsumerContract,
  rows: readonly Said[],
): Promise<Set<string>> => {
  if (stream === 'JOBS') {
    // A worker keeps a log of letters in the place of an inbox.
    const begun = await withDatabase(target, database, (db) =>
      selectBegun(
        db,
        rows.map(({ aggregate }) => aggregate),
      ),
    )
    const keys = new Set(begun.map(({ letter_key }) => letter_key))
    return new Set(rows.filter(({ aggregate }) => keys.has(aggregate)).map(({ id }) => id))
  }
  const handled = await withDatabase(target, database, (db) =>
    selectHandled(
      db,
      `${stream}/${durable}`,
      rows.map(({ id }) => id),
    ),
  )
  return new Set(handled.map(({ id }) => id))
}

/** How a message was taken that was handed over. `error`: null where it was handled. */
export type HandedOver = { service: string; subject: string; id: string; error: string | null }

/** Gives messages to those that have not handled them, and to nobody else. */
export const handOver = async (target: Target, ask: Ask, missing: readonly Unhandled[]): Promise<HandedOver[]> => {
  const places = await withDatabase(target, 'audit', (db) =>
    selectIndexed(
      db,
      missing.map(({ row }) => row.id),
    ),
  )
  const placeOf = new Map(places.map((place) => [place.id, place]))
  const results: HandedOver[] = []
  for (const { service, stream, row } of missing) {
    const place = placeOf.get(row.id)
    const contract = retryMessage(service)
    const answer = granted(
      contract,
      await ask(contract, {
        stream,
        subject: row.subject,
        sequence: place?.sequence ?? 1,
        stored_at: (place?.stored_at ?? new Date()).toISOString(),
        attempt: 1,
        headers: Object.entries(JSON.parse(row.headers) as Record<string, string>).filter(
          ([name]) => !isServerHeader(name),
        ),
        body: Buffer.from(row.data).toString('base64'),
      }),
    )
    const error = answer.outcome === 'failed' ? answer.error : null
    results.push({ service, subject: row.subject, id: row.id, error })
  }
  return results
}
