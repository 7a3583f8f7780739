// Where journeys are acted: a system of its own that is traced and watched, the people who act, and each step with all that came of it.
import { httpOperations } from '@deliveryflow/contracts'
import { type CaughtLetter, query } from '../backends.ts'
import { type Answer, type Client, call, customer, signIn, until } from '../client.ts'
import { describeSystem, startTestSystem, type TestSystem } from '../system.ts'
import { causesOf, type Letter } from './causes.ts'
import type { Step } from './diagram.ts'
import { collectSpans } from './spans.ts'
import { type Said, watchWire } from './wire.ts'

/** A step with its title; the wire is watched from its beginning until nothing of it is under way any more. */
export type Acted = Step & { readonly title: string }

type Ending = {
  /** Subjects of what must have been said before the step is over. */
  readonly until?: readonly string[]
  /** Questions that are left out of the picture: they come as often as the machine is slow. */
  readonly without?: readonly string[]
  /** The subject of the message that the answer waits for. */
  readonly answers_after?: string
}

type Request = Ending & { readonly body?: unknown; readonly headers?: Record<string, string>; readonly as?: Client }

export type Stage = {
  readonly system: TestSystem
  readonly admin: Client
  /** What has been acted since the last call of this. */
  acted(): Acted[]
  /** One request of somebody (`actor`), and all that came of it. */
  ask(title: string, actor: string, method: string, path: string, request?: Request): Promise<Answer>
  /** Something that begins otherwise, and all that came of it. */
  watch<T>(title: string, actor: string, work: () => Promise<T>, ending?: Ending): Promise<T>
  /** A new customer whose letters have all arrived. Not part of any journey. */
  customer(funds: number): Promise<Client>
  courier(name: string): Promise<Client>
  close(): Promise<void>
}

/** Nobody walks by themselves here, nothing is said twice because the machine is slow, and the saga trusts its hearing soon. */
const settings = {
  DELIVERY__SIMULATOR: 'false',
  SAGA__COMMAND_DEADLINE_MS: '600000',
  SAGA__GRACE_MS: '1000',
}

/** Milliseconds of silence after which nothing more is expected, and seconds that a step may take. */
const quiet = 400
const patience = 100

/** Starts the system, on free ports; `close` stops it. */
export const openStage = async (): Promise<Stage> => {
  const spans = await collectSpans()
  const started = await startTestSystem({ settings: { ...settings, ...spans.environment } })
  const system = describeSystem(started)
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  const wire = await watchWire(system)
  const steps: Acted[] = []
  const known = new Set<string>()

  /** Waits until everything that was begun has come to its end. */
  const settle = async (endings: readonly string[] = []) => {
    const missing = () => endings.filter((ending) => ![...wire.said.values()].some((said) => said.subject === ending))
    const left = () => [...missing().map((ending) => `${ending}, which is not said`), ...wire.underWay()]
    const over = async () => left().length === 0 && performance.now() - wire.lastSeen() > quiet
    await until('the step is over', over, patience).catch((cause: unknown) => {
      throw new Error(`There is still ${left().join('; ') || 'something being said'}.`, { cause })
    })
  }

  /** The letters that came since the last look, each with the key of its job. */
  const newLetters = async (): Promise<Letter[]> => {
    const rows = await query<{ letter_key: string; message_id: string }>(
      system.databases.notification,
      'select letter_key, message_id from letters',
    )
    const answer = await fetch(`${system.mail_page_url}/api/letters?limit=100000`)
    const { letters } = (await answer.json()) as { letters: CaughtLetter[] }
    const keys = new Map(rows.map(({ letter_key, message_id }) => [message_id, letter_key]))
    return letters
      .filter(({ message_id }) => !known.has(message_id))
      .map(({ message_id, subject }) => {
        known.add(message_id)
        return { letter_key: keys.get(message_id) ?? '', subject }
      })
  }

  /** Does the work and takes down what came of it as a step. */
  const act = async <T>(step: Omit<Acted, 'happened'>, ending: Ending, work: () => Promise<T>): Promise<T> => {
    await settle()
    await newLetters()
    wire.forget()
    const result = await work()
    await settle(ending.until)
    const seen = { said: [...wire.said.values()], asked: wire.asked, letters: await newLetters() }
    await agreesWithHistory(system, seen.said)
    const { answers_after } = ending
    const takenDown = async () => {
      const happened = causesOf(seen, spans, ending.without)
      if (happened) steps.push({ ...step, ...(answers_after && { answers_after }), happened })
      return happened !== null
    }
    await until('all spans of the step have come', takenDown, patience)
    return result
  }

  const settled = async (client: Client): Promise<Client> => {
    await settle()
    return client
  }

  return {
    system,
    admin,
    acted: () => steps.splice(0),
    ask: (title, actor, method, path, { body, headers, as, ...ending } = {}) => {
      const what = [method, templateOf(method, path), ...(headers?.prefer ? [`(Prefer: ${headers.prefer})`] : [])]
      const asks = { whom: 'api-gateway', what: what.join(' '), answer: '' }
      return act({ title, actor, asks }, ending, async () => {
        const options = { body, ...(headers && { headers }), ...(as && { token: as.token }) }
        const answer = await call(system.url, method, path, options)
        const told: unknown = answer.body?.code ?? answer.body?.status ?? ''
        asks.answer = `${answer.status} ${told}`.trim()
        return answer
      })
    },
    watch: (title, actor, work, ending = {}) => act({ title, actor, asks: null }, ending, work),
    customer: async (funds) => settled(await customer(system.url, { funds })),
    courier: async (name) => {
      const email = `${name.toLowerCase()}@example.com`
      const account = { email, password: 'a courier password', name, role: 'courier' }
      await admin.post('/api/users', account)
      return settled(await signIn(system.url, email, account.password))
    },
    close: async () => {
      await wire.close()
      await started.stop()
      await spans.close()
    },
  }
}

/** Throws when the history of audit tells of an event what was not seen. */
const agreesWithHistory = async ({ databases }: TestSystem, said: readonly Said[]) => {
  const events = said.filter(({ subject }) => subject.startsWith('events.'))
  const rows = await query<{ event_id: string; source: string; causation_id: string | null }>(
    databases.audit,
    'select event_id, source, causation_id from events where event_id = any($1)',
    [events.map(({ id }) => id)],
  )
  const told = new Map(rows.map(({ event_id, source, causation_id }) => [event_id, `${source} ${causation_id}`]))
  for (const { id, subject, by, causation_id } of events)
    if (told.get(id) !== `${by} ${causation_id}`)
      throw new Error(`${subject} was seen from ${by} because of ${causation_id}; the history says ${told.get(id)}.`)
}

/** A path as the API documents it, with the names of its parameters. */
const templateOf = (method: string, path: string): string => {
  const [bare = ''] = path.split('?')
  const known = httpOperations.find(
    (operation) =>
      operation.method === method.toLowerCase() &&
      new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(bare),
  )
  return known?.path ?? bare
}
