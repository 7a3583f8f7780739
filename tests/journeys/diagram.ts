// A step of a journey as a Mermaid sequence diagram. It draws what it is given; what is drawn where is by generation: first all that the
// first message led to directly, then what that led to.
import { type Call, type Happened, type Message, preorder } from './causes.ts'

/** A step: who began it, how it ended for them, and what happened. `answers_after`: the subject of the message that the answer waited for. */
export type Step = {
  readonly actor: string
  readonly asks: { readonly whom: string; readonly what: string; readonly answer: string } | null
  readonly answers_after?: string | undefined
  readonly happened: Happened
}

/** The diagram's text, without the fence. */
export const diagramOf = ({ actor, asks, answers_after, happened }: Step): string => {
  const lines: string[] = []
  const participants: string[] = []
  const name = (who: string) => {
    if (!participants.includes(who)) participants.push(who)
    return who.replaceAll(/\W/g, '_')
  }
  const arrow = (from: string, kind: '->>' | '-->>' | '-)', to: string, text: string) =>
    lines.push(`${name(from)}${kind}${name(to)}: ${text}`)
  const note = (over: string, text: string) => lines.push(`Note over ${name(over)}: ${text}`)

  const drawCall = (call: Call): void => {
    const by = call.by ?? actor
    arrow(by, '->>', call.of, call.label)
    for (const inner of call.calls) drawCall(inner)
    arrow(call.of, '-->>', by, call.refused ?? 'answer')
  }

  const drawMessage = (message: Message): void => {
    const { by, label, heard, calls, letters } = message
    if (label.startsWith('dlq.')) return void arrow(by, '-)', 'DLQ', label)
    const acting = [...heard].filter((service) => acts(service, message)).sort()
    for (const service of acting) arrow(by, '-)', service, label)
    const others = [...heard].filter((service) => !acting.includes(service)).sort()
    if (acting.length === 0)
      note(by, `${label}<br/>${others.length > 0 ? `heard by ${others.join(', ')}` : 'heard by nobody'}`)
    else if (others.length > 0) note(by, `also heard by ${others.join(', ')}`)
    for (const call of calls) drawCall(call)
    for (const letter of letters) arrow(letter.by, '-)', 'mail', `“${letter.subject}”`)
  }

  /** A message, those that it led to, and so on: all of one generation before the next. */
  const drawMessages = (first: readonly Message[], drawn: (message: Message) => void = () => undefined): void => {
    for (let generation = first; generation.length > 0; generation = generation.flatMap(({ led }) => led)) {
      for (const message of generation) {
        drawMessage(message)
        drawn(message)
      }
    }
  }

  const { calls, messages } = happened
  if (asks) {
    arrow(actor, '->>', asks.whom, asks.what)
    for (const call of calls) drawCall(call)
    let waiting = true
    const answer = () => {
      if (waiting) arrow(asks.whom, '-->>', actor, asks.answer)
      waiting = false
    }
    if (answers_after === undefined) answer()
    drawMessages(messages, ({ label }) => {
      if (!waiting || label.split(' ')[0] !== answers_after) return
      note(asks.whom, `hears ${answers_after} live`)
      answer()
    })
    if (waiting) throw new Error(`The answer waits for ${answers_after}, which was never said.`)
  } else {
    for (const call of calls) {
      drawCall(call)
      const within = preorder([call])
      drawMessages(messages.filter(({ said_in }) => said_in && within.includes(said_in)))
    }
    drawMessages(messages.filter(({ said_in }) => !said_in))
  }
  const heads = participants.map((who) => {
    const id = name(who)
    return `${who === actor ? 'actor' : 'participant'} ${id}${id === who ? '' : ` as ${who}`}`
  })
  return ['sequenceDiagram', ...[...heads, ...lines].map((line) => `  ${line}`)].join('\n')
}

/** Whether something more came of it at this hearer, or it is the only one. */
const acts = (service: string, { heard, calls, letters, led }: Message): boolean =>
  heard.size === 1 ||
  calls.some(({ by }) => by === service) ||
  letters.some(({ by }) => by === service) ||
  led.some(({ by }) => by === service)
