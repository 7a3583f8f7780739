// The planner's handler turns events into jobs; the worker's sends the letter of a job, at most once.
import { setTimeout as sleep } from 'node:timers/promises'
import { getContacts, issueLetterToken, notifyUser, type topology } from '@deliveryflow/contracts'
import {
  type Context,
  DeadlineExceeded,
  type HearOf,
  isConnectionError,
  type Message,
  newId,
  Rejection,
  type Transaction,
  Unavailable,
} from '@deliveryflow/kit'
import { batched } from './batched.ts'
import { type Job, nextStep } from './domain.ts'
import * as letters from './letters.ts'
import { type Mailer, messageIdOf } from './mail.ts'
import type { Render } from './render.ts'

type Heard<Data> = Pick<Message, 'id' | 'correlation_id' | 'traceparent'> & { readonly data: Data }

/** The planner's handler of one type of event. */
export const plan = <Data>(letters: (data: Data, event_id: string) => Job[]) => ({
  effects: 'external' as const,
  batch: async (messages: Heard<Data>[], tx: Transaction<typeof notifyUser>) => {
    for (const message of messages) {
      for (const job of letters(message.data, message.id)) tx.emit(notifyUser, job, message)
    }
  },
})

type Worker = (typeof topology)['notification-worker']
type Settings = { MAIL_FROM: string; PUBLIC_URL: string }
export type WorkerContext = Context<Worker, Settings, { mailer: Mailer; render: Render }>

export const send: HearOf<typeof notifyUser, Worker, WorkerContext> = {
  effects: 'external',
  each: async ({ data: job }, context) => {
    const { db, log, mailer } = context
    const { letter_key } = job
    switch (nextStep(await letters.find(db, letter_key))) {
      case 'settled':
        return
      case 'wait':
        throw new Unavailable('Another worker has this letter in hand.')
      case 'give_up':
        if (await letters.giveUp(db, letter_key))
          log.warn({ letter_key }, 'a worker ended while it sent this letter; it is not sent again')
        return
      case 'write':
    }

    const mail = await written(job, context)
    const { user_id, letter } = job
    const claim = { letter_key, claim_id: newId(), user_id, kind: letter.kind, message_id: mail.message_id }
    const claimed = await insistently(() => letters.claim(db, claim))
    if (!claimed) throw new Unavailable('Another worker was faster to claim this letter.')

    const result = await mailer.send(mail)
    switch (result.outcome) {
      case 'accepted':
        await insistently(() => letters.markSent(db, claim))
        return
      case 'refused':
        await insistently(() => letters.release(db, claim))
        throw result.error
      case 'unknown':
        log.warn({ letter_key, err: result.error }, 'this letter may have been sent; it is not sent again')
        await insistently(() => letters.markUncertain(db, claim))
    }
  },
}

/** Everything that can fail without harm, done before the letter is claimed. */
const written = async ({ letter_key, user_id, letter }: Job, { call, render }: WorkerContext) => {
  const contact = await contactOf(call, user_id)
  // Right after a registration; profile may know more a little later.
  if (!contact) throw new Error(`There is no profile of user ${user_id} (yet).`)
  const token =
    letter.kind === 'verify_email' || letter.kind === 'password_reset'
      ? (await answered(call(issueLetterToken, { user_id, purpose: letter.kind }))).token
      : null
  const to = { name: contact.name, address: contact.email }
  return { message_id: messageIdOf(letter_key), to, ...render(letter, contact, token) }
}

/** The contact data of a user; undefined while profile has none. */
const contactOf = batched(async (call: WorkerContext['call'], user_ids: readonly string[]) => {
  const { contacts } = await answered(call(getContacts, { user_ids: [...new Set(user_ids)] }))
  const known = new Map(contacts.map((contact) => [contact.user_id, contact]))
  return user_ids.map((user_id) => known.get(user_id))
})

/** The answer of a call. A service that is away or slow is waited for; one that says no may know more a little later. */
const answered = async <T>(answer: Promise<T | Rejection>): Promise<T> => {
  const result = await answer.catch((error: unknown) => {
    if (error instanceof DeadlineExceeded) throw new Unavailable(error.message, { cause: error })
    throw error
  })
  if (!(result instanceof Rejection)) return result
  throw result.code === 'unavailable' ? new Unavailable(result.detail) : new Error(`${result.code}: ${result.detail}`)
}

/**
 * Tries again for 20 s while the database is away: what became of a letter is known only here, and is worth the wait. The
 * message stays in hand meanwhile.
 */
const insistently = async <T>(write: () => Promise<T>): Promise<T> => {
  for (let tries = 1; ; tries++) {
    try {
      return await write()
    } catch (error) {
      if (!isConnectionError(error) || tries === 40) throw error
      await sleep(500)
    }
  }
}
