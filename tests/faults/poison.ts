// Messages that nobody can ever read: how they are made, and who is to give them up.
import { randomUUID } from 'node:crypto'
import {
  inventoryReserved,
  type MessageContract,
  notifyUser,
  orderCreated,
  refundCommand,
  services,
  userRegistered,
} from '@deliveryflow/contracts'
import { headersOf } from '@deliveryflow/kit/messaging/headers'
import type { NatsConnection } from '@nats-io/transport-node'

type Kind = { contract: MessageContract; bare?: true; body: (n: number) => string | Uint8Array }

/**
 * JSON that is cut off, many bytes that are no text, something without headers, data of something else, more flaws than a message can
 * name, data that lack their user.
 */
const kinds: readonly Kind[] = [
  { contract: orderCreated, body: () => '{"order_id": "0199' },
  { contract: inventoryReserved, body: () => Buffer.alloc(60_000, 0xff) },
  { contract: userRegistered, bare: true, body: () => '{"no": "event"}' },
  { contract: refundCommand, body: () => '{"order_id": "the last one"}' },
  { contract: orderCreated, body: () => JSON.stringify({ items: Array.from({ length: 6000 }, () => ({})) }) },
  { contract: notifyUser, body: (n) => JSON.stringify({ letter_key: `poison:${n}`, letter: { kind: 'welcome' } }) },
]

/** The nth of them, each kind in turn. */
const kindOf = (n: number): Kind => {
  const kind = kinds[n % kinds.length]
  if (!kind) throw new RangeError(`There is no poison ${n}.`)
  return kind
}

/** Publishes the nth. */
export const publishPoison = (nats: NatsConnection, n: number): void => {
  const { contract, bare, body } = kindOf(n)
  const headers = headersOf([
    ['ce-id', randomUUID()],
    ['ce-type', contract.type],
    ['ce-subject', `poison:${n}`],
  ])
  nats.publish(contract.subject, body(n), bare ? {} : { headers })
}

/**
 * How many dead letters so many of them become, by service, stream and type (the subject where there is none): one for each service that
 * hears the message. audit does not count among them: it keeps whatever was said.
 */
export const lettersOfPoison = (count: number): Record<string, number> => {
  const letters: Record<string, number> = {}
  for (let n = 0; n < count; n++) {
    const { contract, bare } = kindOf(n)
    for (const { name, hears } of services) {
      if (name === 'audit' || !hears.some(({ subject }) => subject === contract.subject)) continue
      const key = `${name}/${contract.stream} ${bare ? contract.subject : contract.type}`
      letters[key] = (letters[key] ?? 0) + 1
    }
  }
  return letters
}
