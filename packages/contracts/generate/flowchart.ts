// The pictures: Mermaid flowcharts of who tells whom, read off the topology. Where they stand in a page is the pages' choice.
import { type MessageContract, type ServiceTopology, type StreamName, services } from '../src/index.ts'
import { hearersOf, messages, sayersOf } from '../src/relations.ts'

/** What is told of an order, in the order of the topology. */
const aboutOrders = messages.filter((message) => message.aggregate === 'order_id')

/** A service that hears every event of an order. Drawn with all its arrows it would hide the others. */
const hearsAll = (service: ServiceTopology) =>
  aboutOrders.filter((message) => message.stream === 'EVENTS').every((message) => service.hears.includes(message))

const node = (name: string) => name.replace(/\W/g, '_')
const box = (name: string) => `${node(name)}["${name}"]`
const label = (types: readonly MessageContract[]) => `"${types.map((message) => message.type).join('<br/>')}"`

/**
 * Which messages go from which service to which. Arrows: solid is an event or a job, dotted a command of the saga or an event
 * that only those hear who hear everything of an order.
 */
export const flowOfMessages = (): string => {
  const listeners = services.filter(hearsAll)
  const others = services.filter((service) => !hearsAll(service) && service.name !== 'api-gateway')
  const arrows = services.flatMap((sayer) => [
    ...others.flatMap((hearer) => {
      const told = sayer.says.filter((message) => hearer.hears.includes(message))
      return told.length === 0 ? [] : [arrow(sayer, hearer.name, told)]
    }),
    ...onlyListeners(sayer),
  ])
  return [
    'flowchart LR',
    '  client(["browser, curl"]) -->|HTTP| api_gateway["api-gateway"]',
    '  api_gateway ==>|"rpc: questions and their answers"| services',
    '  subgraph services [" "]',
    ...others.map(({ name }) => `    ${box(name)}`),
    '    subgraph listeners ["hear every event of an order"]',
    ...listeners.map(({ name }) => `      ${box(name)}`),
    '    end',
    '  end',
    ...arrows,
  ].join('\n')
}

const arrow = (from: ServiceTopology, to: string, told: readonly MessageContract[]) =>
  `  ${node(from.name)} ${told.every((message) => message.stream === 'COMMANDS') ? '-.->' : '-->'}|${label(told)}| ${node(to)}`

const onlyListeners = (sayer: ServiceTopology): string[] => {
  const told = sayer.says.filter((message) => hearersOf(message).every(hearsAll))
  return told.length === 0 ? [] : [`  ${node(sayer.name)} -.->|${label(told)}| listeners`]
}

/**
 * An order's journey: each message about an order between who says it and who acts on it. Left out are services that only
 * read, and the saga where another service acts on the message too: it hears them all.
 */
export const flowOfAnOrder = (): string => {
  const actors = (message: MessageContract) => {
    const acting = hearersOf(message).filter((service) => service.says.length > 0)
    const direct = acting.filter((service) => !hearsAll(service))
    return direct.length > 0 ? direct : acting
  }
  const drawn = aboutOrders.flatMap((message) => [...sayersOf(message), ...actors(message)])
  return [
    'flowchart TD',
    ...[...new Set(drawn)].map(({ name }) => `  ${box(name)}`),
    ...aboutOrders.map((message) => `  ${node(message.subject)}(["${message.type}"])`),
    ...aboutOrders.flatMap((message) => [
      ...sayersOf(message).map(({ name }) => `  ${node(name)} --> ${node(message.subject)}`),
      ...actors(message).map(({ name }) => `  ${node(message.subject)} --> ${node(name)}`),
    ]),
    '  classDef event fill:#eef,stroke:#88a,color:#000',
    '  classDef command fill:#fee,stroke:#a88,color:#000',
    `  class ${subjectsIn('EVENTS')} event`,
    `  class ${subjectsIn('COMMANDS')} command`,
  ].join('\n')
}

const subjectsIn = (stream: StreamName) =>
  aboutOrders
    .filter((message) => message.stream === stream)
    .map((message) => node(message.subject))
    .join()
