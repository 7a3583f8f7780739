// Takes records of the history into a read model that is built anew beside the one that serves, each once.
import type { InputOf, OutputOf, replayTo } from '@deliveryflow/contracts'
import { type Rejection, reject } from '../errors.ts'
import type { Raw } from '../messaging/consumer.ts'
import { shortened } from '../messaging/dead-letter.ts'
import type { Message } from '../messaging/envelope.ts'
import { headersOf } from '../messaging/headers.ts'
import type { Transact } from '../postgres/transaction.ts'
import { enterShadow, fillShadow, type Project, shadowInbox } from './shadow.ts'
import { heardLive } from './store.ts'

/** What takes in the history. */
export type Replayed = {
  readonly transaction: Transact
  readonly project: Project
  /** What a record is to the handlers; null for one that is not heard. Throws for one that cannot be read. */
  read(raw: Raw): Message | null
}

type Replay = ReturnType<typeof replayTo>

/** Answers `replay.<job>.<service>`: takes records into the read model beside, all of them or none; one that fails is left out and named. */
export const replayAnswer =
  ({ transaction, project, read }: Replayed) =>
  async ({ job, after, upto, records }: InputOf<Replay>): Promise<OutputOf<Replay> | Rejection> => {
    const failed: Failed[] = []
    const messages: Message[] = []
    for (const [sequence, subject, headers, body] of records) {
      try {
        const message = read(rawOf(job, sequence, subject, headers, body))
        if (message) messages.push(message)
      } catch (error) {
        failed.push({ sequence, error: textOf(error) })
      }
    }
    const take = async (some: Message[]): Promise<OutputOf<Replay> | Rejection> => {
      const filled = await fillShadow(transaction, { job, after, upto }, async (tx) => {
        const live = await heardLive(
          tx,
          shadowInbox(job),
          some.map(({ id }) => id),
        )
        const known = new Set(live.map(({ message_id }) => message_id))
        const fresh = known.size === 0 ? some : some.filter(({ id }) => !known.has(id))
        if (fresh.length > 0) await project(fresh, tx)
      })
      if (!filled) return reject('replay_conflict', 'This replay is not under way.')
      return filled.taken
        ? { position: upto, handled: some.length, failed }
        : { position: filled.position, handled: 0, failed: [] }
    }
    try {
      return await take(messages)
    } catch (error) {
      const poisoned = await poisonedOf(transaction, project, messages)
      // Where every one fails it is not their fault.
      if (poisoned.length === 0 || poisoned.length === messages.length) throw error
      failed.push(...poisoned)
      const bad = new Set(poisoned.map(({ sequence }) => sequence))
      return take(messages.filter(({ sequence }) => !bad.has(sequence)))
    }
  }

type Failed = { sequence: number; error: string }

/** The messages that fail by themselves: each is tried alone, and rolled back. */
const poisonedOf = async (transaction: Transact, project: Project, messages: readonly Message[]): Promise<Failed[]> => {
  const poisoned: Failed[] = []
  const rollback = new Error('only tried')
  for (const message of messages) {
    await transaction(async (tx) => {
      await project([message], await enterShadow(tx))
      throw rollback
    }).catch((error: unknown) => {
      if (error !== rollback) poisoned.push({ sequence: message.sequence, error: textOf(error) })
    })
  }
  return poisoned
}

const rawOf = (job: string, sequence: number, subject: string, headers: string, body: string): Raw => ({
  subject,
  headers: headersOf([...(JSON.parse(headers) as [string, string][]), ['df-replay', job]]),
  data: Buffer.from(body),
  seq: sequence,
  time: new Date(0),
  info: { deliveryCount: 1 },
})

/** An error may name thousands of flaws, and all of a batch must fit into one answer. */
const mostOfError = 500

const textOf = (error: unknown) =>
  shortened(error instanceof Error ? `${error.name}: ${error.message}` : String(error), mostOfError)
