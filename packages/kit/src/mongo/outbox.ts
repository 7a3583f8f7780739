// The outbox in MongoDB: a document is born with the messages it says, so that both are there or neither is.
//
// A single document is what MongoDB writes atomically without a replica set or transactions. The messages stay in their
// document for ever, exact to the byte, so that a lost stream can be refilled; `outbox_pending` marks a document whose
// messages are not known to be in their stream, and holds the first one's id: a UUIDv7, so an index on it is in the order
// of time. Messages of one document keep their order. Two documents of one aggregate have none: nothing locks one against
// the other. Not chosen: a collection of messages beside (not atomic), change streams (need a replica set and lose their
// place when the oplog is short).
import type { DataOf, MessageContract } from '@deliveryflow/contracts'
import type { Collection } from 'mongodb'
import { type Cause, type Outgoing, outgoing } from '../messaging/envelope.ts'
import type { Relay } from '../outbox/relay.ts'
import { type EmbeddedRelayOptions, startEmbeddedRelay } from './relay.ts'

/** A message as its document keeps it; `data` is exact JSON text. */
export type EmbeddedMessage = Omit<Outgoing, 'data'> & { readonly data: string }

/** A document with messages, as the outbox sees it; its own fields are beside. */
export type Carrier = { _id: string; outbox: EmbeddedMessage[]; outbox_pending?: string }

/** Says a message with the document that is being inserted; throws when the data does not fit the contract. */
export type Emit<Says extends MessageContract = MessageContract> = <M extends Says>(
  contract: M,
  data: DataOf<M>,
  cause?: Cause,
) => void

/** The outbox of one collection, whose own documents are `Doc`. */
export type EmbeddedOutbox<Doc extends { _id: string }, Says extends MessageContract> = {
  /** Inserts a document together with the messages that `say` emits. Throws what the driver says; see `isDuplicateKey`. */
  insert(document: Doc, say: (emit: Emit<Says>) => void): Promise<void>
  /** Begins to publish; the runtime's to call. */
  start(options: EmbeddedRelayOptions): Relay
}

/** The index that finds pending messages; to be made before the first insert. */
export const outboxIndex = { outbox_pending: 1 } as const

/** Makes the outbox of one collection. `source`: the service's name. */
export const embeddedOutbox = <Doc extends { _id: string }, Says extends MessageContract>(
  source: string,
  collection: () => Promise<Collection<Carrier>>,
): EmbeddedOutbox<Doc, Says> => {
  let relay: Relay | undefined
  return {
    insert: async (document, say) => {
      const outbox: EmbeddedMessage[] = []
      say((contract, data, cause) => {
        const message = outgoing(source, contract, data, cause)
        outbox.push({ ...message, data: JSON.stringify(message.data) })
      })
      const [first] = outbox
      const carriers = await collection()
      await carriers.insertOne({ ...document, outbox, ...(first && { outbox_pending: first.id }) })
      relay?.kick()
    },
    start: (options) => {
      relay = startEmbeddedRelay(collection, options)
      return relay
    },
  }
}
