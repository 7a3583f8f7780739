// Who caused what in one step of a journey: questions within the answer or the handling that needed them, messages under the message or
// the answer that led to them. By causation and traces alone, never by the clock, so that a step comes out the same on any machine.
import { type Origin, type Spans, spanIdOf } from './spans.ts'
import type { Asked, Said } from './wire.ts'

/** A question, with the questions that its answer took. `by`: null for a tool that is no service. */
export type Call = {
  readonly by: string | null
  readonly of: string
  readonly label: string
  readonly refused: string | null
  readonly calls: Call[]
}

/** A message, what its hearers did because of it, and the messages that it led to. */
export type Message = {
  readonly by: string
  /** The question in whose answer it was said; null where something else led to it. */
  said_in: Call | null
  readonly label: string
  readonly heard: Set<string>
  readonly calls: Call[]
  readonly letters: { readonly by: string; readonly subject: string }[]
  readonly led: Message[]
}

export type Happened = { readonly calls: Call[]; readonly messages: Message[] }

/** A letter that arrived, with the key by which its job names it. */
export type Letter = { readonly letter_key: string; readonly subject: string }

type Seen = { said: readonly Said[]; asked: readonly Asked[]; letters: readonly Letter[] }

/** Questions that belong to no journey: the gateway asks for the keys of tokens every five minutes, whoever comes. */
const ofNoJourney = new Set(['rpc.auth.jwks'])

/**
 * Puts a step together; null while spans are still under way. `without`: subjects of questions that come as often as the machine is
 * slow. Throws for a question that none of what was seen explains.
 */
export const causesOf = (
  seen: Seen,
  spans: Pick<Spans, 'originOf'>,
  without: readonly string[] = [],
): Happened | null => {
  const asked = seen.asked.filter(({ subject }) => !ofNoJourney.has(subject) && !without.includes(subject))
  const origins = new Map<Asked | Said, Origin>()
  for (const thing of [...asked, ...seen.said]) {
    const origin = spans.originOf(thing.traceparent)
    if (!origin) return null
    origins.set(thing, origin)
  }

  const happened: Happened = { calls: [], messages: [] }
  const messages = new Map(seen.said.map((said) => [said.id, messageOf(said)]))
  const calls = new Map<Asked, Call>()

  /** The question that a span was asked with; one that was asked again has the span of the first. */
  const askedWith = (span: string) => asked.find(({ traceparent }) => spanIdOf(traceparent) === span)

  /** The call whose answer an origin is; a tool's is not traced, and known by its subject. */
  const answerOf = ({ asker, name }: Extract<Origin, { kind: 'answer' }>): Call | undefined => {
    const question =
      asker === undefined
        ? asked.findLast(({ subject, traceparent }) => subject === name && traceparent === undefined)
        : askedWith(asker)
    return question && callFor(question)
  }

  /** Of messages that were said together and are handled side by side: what came of them is drawn below the last. */
  const lastOfCompany = ({ subject, by, causation_id }: Said): Message | undefined => {
    const company = seen.said.filter(
      (other) => other.subject === subject && other.by === by && other.causation_id === causation_id,
    )
    return messages.get(company.toSorted(byLabel).at(-1)?.id ?? '')
  }

  /** Where a question belongs: to the answer or the handling that asked it, or to the beginning of the step. */
  const placeOf = (question: Asked): Call[] => {
    // What is asked of JetStream itself bears no trace.
    if (question.of === 'DLQ' && question.within) return callFor(question.within).calls
    const origin = origins.get(question)
    if (origin?.kind === 'answer') return answerOf(origin)?.calls ?? happened.calls
    if (origin?.kind !== 'handling') return happened.calls
    const handled = seen.said.find(
      ({ traceparent, heard }) => spanIdOf(traceparent) === origin.message && heard.has(question.by ?? ''),
    )
    const message = handled && lastOfCompany(handled)
    if (!message)
      throw new Error(`${question.by} asked ${question.subject} while it handled something that was not seen.`)
    return message.calls
  }

  /** The call of a question, in its place. One that was asked again, because an answer was late or to poll, is that of the first. */
  const callFor = (question: Asked): Call => {
    const known = calls.get(question)
    if (known) return known
    const place = placeOf(question)
    const made = callOf(question)
    const call = place.find(({ by, label }) => by === made.by && label === made.label) ?? made
    if (call === made) place.push(made)
    calls.set(question, call)
    return call
  }
  for (const question of asked) callFor(question)

  // Who works by itself beside a tool that watches it: one after the other, for which asked first is the machine's choice.
  const askers = [...new Set(happened.calls.map(({ by }) => by))]
  happened.calls.sort((a, b) => askers.indexOf(a.by) - askers.indexOf(b.by))

  const order = preorder(happened.calls)
  const answeredWith = (said: Said): Call | null => {
    const origin = origins.get(said)
    return (origin?.kind === 'answer' && answerOf(origin)) || null
  }
  const rank = (said: Said): number => {
    const call = answeredWith(said)
    return call ? order.indexOf(call) : order.length
  }
  const sorted = seen.said.toSorted((a, b) => rank(a) - rank(b) || byLabel(a, b))
  for (const said of sorted) {
    const message = messages.get(said.id)
    if (!message) continue
    message.said_in = answeredWith(said)
    const siblings = messages.get(said.causation_id ?? '')?.led ?? happened.messages
    siblings.push(message)
    for (const { letter_key, subject } of seen.letters)
      if (letter_key === said.data.letter_key)
        for (const by of said.heard) lastOfCompany(said)?.letters.push({ by, subject })
  }
  return happened
}

const callOf = (asked: Asked): Call => ({
  by: asked.by,
  of: asked.of,
  label: describe(asked),
  refused: asked.answer?.refused ?? null,
  calls: [],
})

const messageOf = (said: Said): Message => ({
  by: said.by,
  said_in: null,
  label: describe(said),
  heard: said.heard,
  calls: [],
  letters: [],
  led: [],
})

/** A question and those within its answer, in the order in which they are drawn. */
export const preorder = (calls: readonly Call[]): Call[] => calls.flatMap((call) => [call, ...preorder(call.calls)])

const byLabel = (a: Said, b: Said) => (describe(a) < describe(b) ? -1 : 1)

/** Fields that tell one message of a subject from another; never an id. */
const telling = ['kind', 'status', 'reason', 'step', 'action', 'purpose', 'outcome', 'projection'] as const

const uuid = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g

const describe = ({ subject, data }: Asked | Said): string => {
  const inner = typeof data.letter === 'object' ? { ...data, ...data.letter } : data
  const details = telling
    .map((field) => (inner as Record<string, unknown>)[field])
    .filter((value) => typeof value === 'string' && /^[\w-]{1,30}$/.test(value))
  return [subject.replaceAll(uuid, '*'), ...details].join(' ')
}
