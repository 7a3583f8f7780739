// docs/topology.md: the topology as tables for people. The pictures come from flowchart.ts.
import {
  consumerSettings,
  consumersOf,
  databaseOf,
  refusalsOf,
  type ServiceTopology,
  type StreamSettings,
  services,
  streams,
} from '../src/index.ts'
import { answerersOf, callersOf, calls, hearersOf, messages, sayersOf } from '../src/relations.ts'
import { flowOfAnOrder, flowOfMessages } from './flowchart.ts'

const code = (text: string) => `\`${text}\``
const names = (list: readonly ServiceTopology[]) => list.map((service) => service.name).join(', ')

const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows]
    .map((row) => `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')

const mermaid = (chart: string) => `\`\`\`mermaid\n${chart}\n\`\`\``

/** The page as Markdown, without the line that says where it comes from. */
export const topologyPage = () =>
  `# Who talks to whom

Read off \`packages/contracts/src/topology.ts\`, which also gives each service its NATS permissions. What the messages
carry is in [asyncapi.yaml](asyncapi.yaml).

## The flow of messages

Solid: events and jobs. Dotted: the saga's commands, and what only the services on the right hear. Those hear every other
event of an order too; audit hears every event there is.

${mermaid(flowOfMessages())}

## An order's journey

Blue: events. Red: the saga's commands, when a step failed or is late. The saga hears all these events; its arrows are drawn
where nobody else acts.

${mermaid(flowOfAnOrder())}

## Services

${table(['service', 'what it is for', 'keeps its state in', 'pushes live'], services.map(serviceRow))}

## Messages

${table(
  ['subject', 'what it says', 'says', 'hears'],
  messages.map((message) => [
    code(message.subject),
    message.about,
    names(sayersOf(message)),
    names(hearersOf(message)),
  ]),
)}

## Calls

For: the users on whose behalf it is asked. The caller sends who that is, and is refused without, or where the role is
another; an administrator may what a courier may. A call that is not idempotent is not repeated when its
outcome is unknown; one that is so with a key is repeated when it carries an idempotency key.

${table(
  ['subject', 'what it does', 'for', 'idempotent', 'answers', 'calls', 'may refuse with'],
  calls.map((call) => [
    code(call.subject),
    call.about,
    call.access === 'public' ? '' : call.access,
    idempotence[`${call.idempotent}`],
    names(answerersOf(call)),
    names(callersOf(call)) || '(operators)',
    refusalsOf(call).map(code).join(', '),
  ]),
)}

## Streams

${table(['stream', 'subjects', 'what it holds', 'kept', 'drops a second copy within'], streams.map(streamRow))}

## Consumers

All durable, acknowledged one by one; ${consumerSettings.ack_wait_ms / 1000} s to acknowledge, at most ${consumerSettings.max_ack_pending} messages under way.

${table(
  ['service', 'stream', 'durable', 'hears'],
  services
    .flatMap(consumersOf)
    .map(({ service, stream, durable, filter_subjects }) => [
      service,
      stream,
      code(durable),
      filter_subjects.map(code).join(', '),
    ]),
)}
`

function serviceRow(service: ServiceTopology): string[] {
  const database = databaseOf(service)
  const stores = service.owns.map((store) => (store === 'postgres' && database ? `postgres ${code(database)}` : store))
  return [service.name, service.about, stores.join(', '), service.watches ? `${service.watches.length} events` : '']
}

function streamRow(stream: StreamSettings): string[] {
  const kept = stream.max_age_ms === 0 ? 'until done' : `${stream.max_age_ms / 86_400_000} days`
  const window = `${stream.duplicate_window_ms / 60_000} min`
  return [stream.name, stream.subjects.map(code).join(', '), stream.about, kept, window]
}

const idempotence = { true: 'yes', false: 'no', with_key: 'with a key' } as const
