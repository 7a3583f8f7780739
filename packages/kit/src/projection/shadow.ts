// A read model that is built anew beside the one that serves. The history is handed to it in order by a replay; what happens meanwhile it takes in
// from those who handle live messages, in their own transaction. Then it is swapped in.
//
// That works for a projection whose handlers commute: a live event comes to it before older ones that are still to be replayed.
// Each record enters once: the replay knows by its place how far it has come, and leaves out what came live; live messages that are
// behind that place were replayed already.
import type { InputOf, ShadowState, tendProjection } from '@deliveryflow/contracts'
import { type Rejection, reject, Terminal } from '../errors.ts'
import type { StoredRecord } from '../history/record.ts'
import type { Message } from '../messaging/envelope.ts'
import { unseen } from '../messaging/inbox.ts'
import type { Database } from '../postgres/database.ts'
import type { Queryable } from '../postgres/statement.ts'
import type { Transact, Transaction } from '../postgres/transaction.ts'
import * as store from './store.ts'

/** How a service takes a set of messages into its tables, whichever schema those stand in. */
export type Project = (messages: Message[], tx: Transaction) => Promise<void>

/** What is built anew. `carryOver`: see ServiceParts. */
export type Tended = {
  readonly tables: readonly string[]
  readonly db: Database
  readonly transaction: Transact
  carryOver?: ((tx: Queryable) => Promise<unknown>) | undefined
  /** The place up to which messages were delivered to any replica. */
  delivered(): Promise<number>
}

/** Under which name the read model beside notes what it heard live. */
export const shadowInbox = (job: string) => `shadow/${job}`

/** From here on the tables are those beside, and nothing can be said. */
export const enterShadow = async (tx: Transaction): Promise<Transaction> => {
  await store.enterSchema(tx, 'shadow, public')
  const emit = (): never => {
    throw new Terminal('What is built anew from the history says nothing.')
  }
  return { ...tx, emit }
}

/** The read model that is filled beside the one that serves, kept as it is until the transaction ends. */
export const heldShadow = async (tx: Queryable): Promise<store.Shadow | undefined> => (await store.holdShadow(tx))[0]

const notReplayed = <T extends { sequence: number }>(messages: readonly T[], { position }: store.Shadow): T[] =>
  messages.filter(({ sequence }) => sequence > position)

/** Takes live messages into the read model beside as well, as the last thing in the transaction that handles them. */
export const alsoInShadow = async (
  tx: Transaction,
  shadow: store.Shadow,
  messages: readonly Message[],
  project: Project,
): Promise<void> => {
  const fresh = notReplayed(messages, shadow)
  if (fresh.length === 0) return
  const ahead = await unseen(tx, shadowInbox(shadow.job), fresh)
  if (ahead.length > 0) await project(ahead, await enterShadow(tx))
}

/** The same for records, which enter by their places. */
export const recordsAlsoInShadow = async (
  tx: Transaction,
  shadow: store.Shadow,
  records: readonly StoredRecord[],
  enter: (records: StoredRecord[], tx: Transaction) => Promise<void>,
): Promise<void> => {
  const fresh = notReplayed(records, shadow)
  if (fresh.length > 0) await enter(fresh, await enterShadow(tx))
}

type Tend = ReturnType<typeof tendProjection>

/** Answers `rpc.projection.<service>`. */
export const tendAnswer =
  ({ tables, db, transaction, carryOver, delivered }: Tended) =>
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
        await transaction(async (tx) => {
          await store.lockToSwap(tx, names)
          await carryOver?.(tx)
          await store.swapShadow(tx, job, names)
        })
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

/**
 * Fills the tables beside from one place up to another, in a transaction in which they stand for those that serve. Not `taken` where they are
 * filled up to another place than `after`; null where the job is not under way.
 */
export const fillShadow = (
  transaction: Transact,
  { job, after, upto }: { job: string; after: number; upto: number },
  fill: (tx: Transaction) => Promise<void>,
): Promise<{ taken: boolean; position: number } | null> =>
  transaction(async (tx) => {
    const [shadow] = await store.lockShadow(tx, job)
    if (!shadow) return null
    if (shadow.position !== after) return { taken: false, position: shadow.position }
    await fill(await enterShadow(tx))
    await store.advanceShadow(tx, job, upto)
    return { taken: true, position: upto }
  })
