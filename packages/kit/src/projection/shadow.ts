// A read model that is built anew beside the one that serves. The history is handed to it in order by a replay; what happens meanwhile it takes in
// from those who handle live messages, in their own transaction. Then it is swapped in.
//
// That works for a projection whose handlers commute: a live event comes to it before older ones that are still to be replayed.
// Each record enters once: the replay knows by its place how far it has come, and leaves out what came live; live messages that are
// behind that place were replayed already.
import type { InputOf, OutputOf, replayTo, ShadowState, tendProjection } from '@deliveryflow/contracts'
import { type Rejection, reject } from '../errors.ts'
import type { Raw } from '../messaging/consumer.ts'
import type { Message } from '../messaging/envelope.ts'
import { headersOf } from '../messaging/headers.ts'
import { unseen } from '../messaging/inbox.ts'
import type { Database } from '../postgres/database.ts'
import type { Transact, Transaction } from '../postgres/transaction.ts'
import * as store from './store.ts'

/** How a service takes a set of messages into its tables, whichever schema those stand in. */
export type Project = (messages: Message[], tx: Transaction) => Promise<void>

export type ProjectionParts = {
  readonly tables: readonly string[]
  readonly db: Database
  readonly transaction: Transact
  readonly project: Project
  /** What a record is to the handlers; null for one that is not heard. Throws for one that cannot be read. */
  read(raw: Raw): Message | null
  /** The place up to which messages were delivered to any replica. */
  delivered(): Promise<number>
}

const inShadow = 'shadow, public'
const shadowInbox = (job: string) => `shadow/${job}`

/** Takes live messages into the read model beside as well, when there is one; within the transaction that handles them. */
export const alsoInShadow = async (tx: Transaction, messages: readonly Message[], project: Project): Promise<void> => {
  const [shadow] = await store.holdShadow(tx)
  const fresh = shadow ? messages.filter(({ sequence }) => sequence > shadow.position) : []
  if (!shadow || fresh.length === 0) return
  const ahead = await unseen(tx, shadowInbox(shadow.job), fresh)
  if (ahead.length === 0) return
  await store.enterSchema(tx, inShadow)
  await project(ahead, tx)
}

type Tend = ReturnType<typeof tendProjection>
type Replay = ReturnType<typeof replayTo>

/** Answers `rpc.projection.<service>`. */
export const tendAnswer =
  ({ tables, db, transaction, delivered }: ProjectionParts) =>
  async ({ action, job }: InputOf<Tend>): Promise<ShadowState | Rejection> => {
    const [present] = await store.selectShadow(db)
    const other = () => reject('replay_conflict', `The replay ${present?.job} is under way or not finalized.`)
    const names = [...tables]
    switch (action) {
      case 'status':
        break
      case 'begin':
        if (present && present.job !== job) return other()
        if (!present) await transaction((tx) => store.beginShadow(tx, job, names))
        // Every message that was handled before it began was delivered by now; all later ones it hears itself.
        if (!present?.upper) await store.boundShadow(db, job, await delivered())
        break
      case 'swap':
        if (present?.job !== job) return present ? other() : reject('replay_conflict', 'Nothing is built anew.')
        if (present.state === 'swapped') break
        if (present.position < present.upper)
          return reject('replay_conflict', `It is filled up to ${present.position} of ${present.upper}.`)
        await makeIndexes(db, names)
        await transaction((tx) => store.swapShadow(tx, job, names))
        break
      case 'finalize':
      case 'discard':
        if (!present) break
        if (present.job !== job) return other()
        if (present.state !== (action === 'finalize' ? 'swapped' : 'filling'))
          return reject('replay_conflict', `It is ${present.state}.`)
        await transaction((tx) => store.endShadow(tx, job))
        break
      default:
        return action satisfies never
    }
    const [shadow] = await store.selectShadow(db)
    return shadow ?? { state: 'none', job: null, position: 0, upper: 0 }
  }

/** Outside of a transaction, which would keep live messages waiting. One that broke off is made again. */
const makeIndexes = async (db: Database, tables: string[]): Promise<void> => {
  for (const { statement } of await store.missingIndexes(db, tables)) {
    const name = /CONCURRENTLY (\S+)/.exec(statement)?.[1]
    const client = await db.connect()
    try {
      await client.query(`drop index if exists shadow.${name}`)
      await client.query(statement)
    } finally {
      client.release()
    }
  }
}

/** Answers `replay.<job>.<service>`: takes records into the read model beside, all of them or none; one that fails is left out and named. */
export const replayAnswer =
  ({ transaction, project, read }: ProjectionParts) =>
  async ({ job, after, upto, records }: InputOf<Replay>): Promise<OutputOf<Replay> | Rejection> => {
    const failed: { sequence: number; error: string }[] = []
    const messages: Message[] = []
    for (const [sequence, subject, headers, body] of records) {
      try {
        const message = read(rawOf(job, sequence, subject, headers, body))
        if (message) messages.push(message)
      } catch (error) {
        failed.push({ sequence, error: textOf(error) })
      }
    }
    const take = (some: Message[]) =>
      transaction(async (tx): Promise<OutputOf<Replay> | Rejection> => {
        const [shadow] = await store.lockShadow(tx, job)
        if (!shadow) return reject('replay_conflict', 'This replay is not under way.')
        if (shadow.position !== after) return { position: shadow.position, handled: 0, failed: [] }
        const live = await store.heardLive(
          tx,
          shadowInbox(job),
          some.map(({ id }) => id),
        )
        const known = new Set(live.map(({ message_id }) => message_id))
        const fresh = known.size === 0 ? some : some.filter(({ id }) => !known.has(id))
        await store.enterSchema(tx, inShadow)
        if (fresh.length > 0) await project(fresh, tx)
        await store.advanceShadow(tx, job, upto)
        return { position: upto, handled: some.length, failed }
      })
    try {
      return await take(messages)
    } catch (error) {
      if (messages.length === 0 || !(await isPoisoned(transaction, project, messages, failed))) throw error
      const bad = new Set(failed.map(({ sequence }) => sequence))
      return take(messages.filter(({ sequence }) => !bad.has(sequence)))
    }
  }

/** Whether single messages are to blame: each is tried alone, and rolled back. */
const isPoisoned = async (
  transaction: Transact,
  project: Project,
  messages: readonly Message[],
  failed: { sequence: number; error: string }[],
): Promise<boolean> => {
  const before = failed.length
  const rollback = new Error('only tried')
  for (const message of messages) {
    await transaction(async (tx) => {
      await store.enterSchema(tx, inShadow)
      await project([message], tx)
      throw rollback
    }).catch((error: unknown) => {
      if (error !== rollback) failed.push({ sequence: message.sequence, error: textOf(error) })
    })
  }
  return failed.length > before && failed.length - before < messages.length
}

const rawOf = (job: string, sequence: number, subject: string, headers: string, body: string): Raw => ({
  subject,
  headers: headersOf([...(JSON.parse(headers) as [string, string][]), ['df-replay', job]]),
  data: Buffer.from(body),
  seq: sequence,
  time: new Date(0),
  info: { deliveryCount: 1 },
})

const textOf = (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))
