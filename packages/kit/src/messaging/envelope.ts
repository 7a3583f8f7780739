// A message on the wire: CloudEvents 1.0 in NATS binary mode, attributes in headers and data as JSON.
// Source: https://github.com/cloudevents/spec (core 1.0.2, NATS binding); correlationid and causationid are extensions.
import type { DataOf, MessageContract } from '@deliveryflow/contracts'
import type { MsgHdrs } from '@nats-io/transport-node'
import { validate as isUuid, v7 as uuidv7 } from 'uuid'
import { Terminal } from '../errors.ts'
import { currentTraceparent } from '../telemetry/tracing.ts'

/** A message about to be said; what the outbox keeps. */
export type Outgoing = {
  readonly id: string
  readonly subject: string
  readonly aggregate: string
  readonly headers: Readonly<Record<string, string>> & { readonly 'ce-time': string }
  readonly data: unknown
}

/** What led to a message: its journey and trace go on. */
export type Cause = { readonly id: string; readonly correlation_id: string; readonly traceparent?: string | undefined }

/** A received message whose data fits its contract. `attempt` counts deliveries from 1. */
export type Message<M extends MessageContract = MessageContract> = Cause & {
  readonly type: M['type']
  readonly source: string
  readonly subject: string
  readonly aggregate: string
  readonly causation_id: string | null
  readonly time: Date
  readonly data: DataOf<M>
  /** Sent again from the history: must never have effects outside. */
  readonly replayed: boolean
  readonly attempt: number
  readonly sequence: number
}

/** Builds a message; throws a ZodError when the data does not fit the contract, so that nothing wrong is ever said. */
export const outgoing = <M extends MessageContract>(
  source: string,
  contract: M,
  data: DataOf<M>,
  cause?: Cause,
): Outgoing => {
  const parsed: Record<string, unknown> = contract.data.parse(data)
  const id = uuidv7()
  const aggregate = String(parsed[contract.aggregate])
  const traceparent = cause?.traceparent ?? currentTraceparent()
  return {
    id,
    subject: contract.subject,
    aggregate,
    headers: {
      'Nats-Msg-Id': id,
      'content-type': 'application/json',
      'ce-specversion': '1.0',
      'ce-id': id,
      'ce-type': contract.type,
      'ce-source': source,
      'ce-subject': aggregate,
      'ce-time': new Date().toISOString(),
      'ce-correlationid': cause?.correlation_id ?? aggregate,
      ...(cause === undefined ? {} : { 'ce-causationid': cause.id }),
      ...(traceparent === undefined ? {} : { traceparent }),
    },
    data: parsed,
  }
}

/** What arrives, before anything is known of it. */
export type Incoming = {
  readonly subject: string
  readonly headers: MsgHdrs | undefined
  readonly data: Uint8Array
  readonly seq: number
  readonly info: { readonly deliveryCount: number }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Reads a message by the contract of its subject. Throws `Terminal`, with the reason, for what can never be read: no
 * retry would change the bytes.
 */
export const decode = (contract: MessageContract, incoming: Incoming): Message => {
  const { headers } = incoming
  const id = headers?.get('ce-id') ?? ''
  if (!headers || !isUuid(id)) throw new Terminal('The header ce-id is not a UUID: this is no CloudEvent of ours.')
  if (headers.get('ce-type') !== contract.type) {
    throw new Terminal(
      `The header ce-type is "${headers.get('ce-type')}" where ${contract.subject} carries ${contract.type}.`,
    )
  }
  const data = contract.data.safeParse(parseJson(incoming.data))
  if (!data.success) throw new Terminal(`The data do not fit ${contract.type}: ${data.error.message}`)
  const aggregate = headers.get('ce-subject')
  return {
    id,
    type: contract.type,
    source: headers.get('ce-source'),
    subject: incoming.subject,
    aggregate,
    correlation_id: headers.get('ce-correlationid') || aggregate,
    causation_id: headers.get('ce-causationid') || null,
    traceparent: headers.get('traceparent') || undefined,
    time: new Date(headers.get('ce-time')),
    data: data.data,
    replayed: headers.has('df-replay'),
    attempt: incoming.info.deliveryCount,
    sequence: incoming.seq,
  }
}

const parseJson = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch (cause) {
    throw new Terminal('The data are not JSON.', { cause })
  }
}
