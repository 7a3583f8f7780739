// What handles one operation: its typed input, and the parts of the gateway it may use.

import type { Readable } from 'node:stream'
import type { Caller, HttpOperation, httpOperations, topology } from '@deliveryflow/contracts'
import type { Call, Log, Rejection } from '@deliveryflow/kit'
import type { Context } from 'koa'
import type { z } from 'zod'
import type { Held } from './held.ts'
import type { LiveEvents } from './live-events.ts'

type Operation = (typeof httpOperations)[number]
export type OperationId = Operation['id']
type OperationOf<Id extends OperationId> = Extract<Operation, { id: Id }>

type Part<O, Name extends string> = O extends { readonly [N in Name]: infer S extends z.ZodType }
  ? z.infer<S>
  : undefined

/** The checked input of an operation, and who asks. */
export type Asked<Id extends OperationId = OperationId> = {
  readonly params: Part<OperationOf<Id>, 'params'>
  readonly query: Part<OperationOf<Id>, 'query'>
  readonly headers: Part<OperationOf<Id>, 'headers'>
  readonly body: Part<OperationOf<Id>, 'body'>
  readonly caller: OperationOf<Id>['access'] extends 'public' ? undefined : Caller
  /** When the caller's token ends, in milliseconds since 1970. */
  readonly expires_at: number
  readonly http: Context
}

type AnswerTo<O extends HttpOperation> = O extends { media: 'text/event-stream' } ? Readable : z.infer<O['response']>

/** Answers an operation: the body for its status, a refusal, or nothing when it answered by itself. */
export type Handler<Id extends OperationId> = (
  asked: Asked<Id>,
  gateway: Gateway,
) => Promise<AnswerTo<OperationOf<Id>> | Rejection | undefined>

/** Operations that no single call answers: each has a handler of its own. */
export type Composed = Exclude<Operation, { rpc: unknown }>['id']

/** What handlers work with. */
export type Gateway = {
  readonly call: Call<(typeof topology)['api-gateway']['calls'][number]>
  readonly log: Log
  readonly events: LiveEvents
  /** Answers that are kept open: released when the gateway stops. */
  readonly held: Held
  /** How many event streams each user has open here, and may have. */
  readonly streams: Map<string, number>
  readonly streams_per_user: number
  /** Whether a request came over https, to here or to a proxy that is trusted. */
  readonly isHttps: (http: Context) => boolean
}
