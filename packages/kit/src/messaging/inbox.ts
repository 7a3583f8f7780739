// The inbox: which messages a consumer has handled already, kept in the same transaction as what they did.

import { statement } from '../postgres/statement.ts'
import type { Transaction } from '../postgres/transaction.ts'
import type { Message } from './envelope.ts'

// Sorted, so that two processes with the same messages never lock each other out.
const remember = statement<[consumer: string, ids: string[]], { message_id: string }>(
  'inbox_remember',
  `insert into messaging.inbox (consumer, message_id)
   select $1, id from unnest($2::uuid[]) as t(id) order by id
   on conflict do nothing returning message_id`,
)

/** Notes the messages as handled and returns those that were not before, each once, in their order. */
export const unseen = async (tx: Transaction, consumer: string, messages: readonly Message[]): Promise<Message[]> => {
  const byId = new Map(messages.map((message) => [message.id, message]))
  const rows = await remember(tx, consumer, [...byId.keys()])
  if (rows.length === byId.size) return [...byId.values()]
  const fresh = new Set(rows.map((row) => row.message_id))
  return [...byId.values()].filter(({ id }) => fresh.has(id))
}
