// A worker for tests: its handler with a database of its own, a mail server that does as told, and the others' answers.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import type { DataOf, InputOf, issueLetterToken, Letter, notifyUser } from '@deliveryflow/contracts'
import { type Database, type Message, type Rejection, statement } from '@deliveryflow/kit'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { send, type WorkerContext } from './handlers.ts'
import type { Mail, Outcome } from './mail.ts'
import { type Contact, openTemplates } from './render.ts'

const log = createLog('worker-test', 'silent')
const render = openTemplates('http://localhost:8080')

export type Job = DataOf<typeof notifyUser>

/** A job nobody had before. */
export const jobOf = (letter: Letter = { kind: 'welcome' }): Job => ({
  letter_key: `${letter.kind}:${randomUUID()}`,
  user_id: randomUUID(),
  letter,
})

export const contactOf = (user_id: string): Contact => ({
  user_id,
  email: 'ann@example.com',
  name: 'Ann',
  phone: null,
  address: null,
  locale: 'en',
})

/** Makes an empty log of letters in an empty database and opens it. */
export const openLetters = async (url: string): Promise<Database> => {
  await migrate(url, fileURLToPath(new URL('./migrations', import.meta.url)))
  return openDatabase({ url, application_name: 'worker-test', max: 10 }, log)
}

type Others = { contacts?: (user_ids: string[]) => Promise<Contact[] | Rejection> }

/** What a worker's mail server does with a letter. */
export type Deliver = (mail: Mail) => Promise<Outcome> | Outcome

/** One worker, with all it sent and asked. `contacts`: what profile answers in place of Ann for everybody. */
export const testWorker = (
  db: Database,
  deliver: Deliver = () => ({ outcome: 'accepted' }),
  { contacts = async (user_ids) => user_ids.map(contactOf) }: Others = {},
) => {
  const sent: Mail[] = []
  const asked: [string, object][] = []
  const statements: string[] = []
  const context = {
    settings: {} as WorkerContext['settings'],
    log,
    db: {
      ...db,
      query: (query: Parameters<Database['query']>[0]) => {
        statements.push(query.name)
        return db.query(query)
      },
    },
    transaction: () => assert.fail('a worker needs no transaction'),
    render,
    mailer: {
      send: async (mail: Mail) => {
        sent.push(mail)
        return deliver(mail)
      },
      close: async () => undefined,
    },
    call: async (contract: { name: string }, input: { user_ids: string[] } | InputOf<typeof issueLetterToken>) => {
      asked.push([contract.name, input])
      if (!('user_ids' in input)) return { token: 'the-token' }
      const found = await contacts(input.user_ids)
      return Array.isArray(found) ? { contacts: found } : found
    },
  } as unknown as WorkerContext
  const handle = async (job: Job) => {
    assert.ok('each' in send)
    await send.each({ data: job } as Message<typeof notifyUser>, context)
  }
  return { handle, sent, asked, statements }
}

const selectStatuses = statement<[letter_keys: string[]], { letter_key: string; status: string }>(
  'test_statuses',
  'select letter_key, status from letters where letter_key = any($1::text[])',
)

/** The status of each job's letter in the log; undefined where it was never begun or released. */
export const statusesOf = async (db: Database, jobs: readonly Job[]) => {
  const letter_keys = jobs.map(({ letter_key }) => letter_key)
  const rows = await selectStatuses(db, letter_keys)
  const statuses = new Map(rows.map(({ letter_key, status }) => [letter_key, status]))
  return letter_keys.map((letter_key) => statuses.get(letter_key))
}
