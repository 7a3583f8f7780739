// What a service is: its place in the topology and a handler for everything it hears and answers, checked by the compiler.
import type {
  Caller,
  InputOf,
  MessageContract,
  OutputOf,
  ProjectionName,
  RpcContract,
  ServiceTopology,
} from '@deliveryflow/contracts'
import type { JetStreamClient } from '@nats-io/jetstream'
import type { NatsConnection } from '@nats-io/transport-node'
import { z } from 'zod'
import type { Rejection } from '../errors.ts'
import type { StoredRecord } from '../history/record.ts'
import type { Message } from '../messaging/envelope.ts'
import type { Watch } from '../messaging/watch.ts'
import type { EmbeddedRelayOptions } from '../mongo/relay.ts'
import type { Relay } from '../outbox/relay.ts'
import type { Database } from '../postgres/database.ts'
import type { Queryable } from '../postgres/statement.ts'
import type { Transact, Transaction } from '../postgres/transaction.ts'
import type { Call } from '../rpc/client.ts'
import type { Log } from '../telemetry/log.ts'
import type { BaseSettings } from './settings.ts'

/** `external`: money, stock, letters — never run again by a replay. `none`: a projection, which may be. */
export type Effects = 'none' | 'external'

/** What every handler of a service is given. */
export type Context<T extends ServiceTopology, Settings = unknown, Resources = unknown> = {
  readonly settings: BaseSettings<T> & Settings
  readonly log: Log
  readonly call: Call<T['calls'][number]>
} & ('postgres' extends T['owns'][number]
  ? { readonly db: Database; readonly transaction: Transact<T['says'][number]> }
  : unknown) &
  (T extends { readonly watches: readonly (infer M extends MessageContract)[] }
    ? { readonly watch: Watch<M> }
    : unknown) &
  (T extends { readonly watches_operation: true } ? { readonly connection: NatsConnection } : unknown) &
  (T extends { readonly tends_dead_letters: true } | { readonly keeps_history: true }
    ? { readonly js: JetStreamClient }
    : unknown) &
  Resources

/**
 * Handles what is heard. `batch`: all messages of one type in one transaction with the inbox, for services with a
 * PostgreSQL database. `each`: one message at a time without a transaction; it must know by a key of its own what it did.
 */
export type Hear<M extends MessageContract, T extends ServiceTopology, C> =
  | {
      readonly effects: Effects
      batch(messages: Message<M>[], tx: Transaction<T['says'][number]>, context: C): Promise<void>
    }
  | HearMixed<M, T, C>
  | { readonly effects: Effects; each(message: Message<M>, context: C): Promise<void> }

/**
 * A batch handler that is entered for several types and is given all their messages in one set, in the order of the batch:
 * for state machines that know each type themselves. It locks all rows of a batch at once, in one order, and saves once.
 */
export type HearMixed<M extends MessageContract, T extends ServiceTopology, C> = {
  readonly effects: Effects
  readonly mixed: true
  batch(messages: MessageOf<M>[], tx: Transaction<T['says'][number]>, context: C): Promise<void>
}

/** A message of one of several contracts; its `type` tells which. */
export type MessageOf<M> = M extends MessageContract ? Message<M> : never

/** Answers a call with the output or a Rejection. `caller`: who asks, when the gateway knows. */
export type AnswerCall<R extends RpcContract, C> = (
  input: InputOf<R>,
  context: C,
  caller: R['access'] extends 'public' ? Caller | undefined : Caller,
) => Promise<OutputOf<R> | Rejection>

/** The type of a handler in a service's handlers.ts: `HearOf<typeof inventoryReserved, Payment, PaymentContext>`. */
export type HearOf<M, T extends ServiceTopology, C> = M extends MessageContract ? Hear<M, T, C> : never

/** The type of an answer in a service's handlers.ts: `AnswerOf<typeof getBalance, PaymentContext>`. */
export type AnswerOf<R, C> = R extends RpcContract ? AnswerCall<R, C> : never

/** Something that runs beside the handlers until the service stops. */
export type Background = { stop(): Promise<void> }

/** What background work may know of the process around it. `health`: each dependency with `ok` or why it is not. */
export type Surroundings = { health(): Promise<Record<string, string>> }

/** What a service opens for itself beyond its database; `ready` tells why it cannot work, `close` ends it. */
export type Opened<Resources> = {
  resources: Resources
  ready?: () => Promise<void>
  close?: () => Promise<void>
  /** An outbox outside of PostgreSQL; the runtime publishes what it holds. */
  outbox?: { start(options: EmbeddedRelayOptions): Relay }
}

/** A service's own settings; of an empty schema zod would say that every key is `never`. */
type OwnSettings<S extends z.ZodObject> = keyof S['shape'] extends never ? unknown : z.infer<S>

/** Takes events into tables that are a fold of the history: whatever their order, and without any effect beyond these tables. */
export type Fold<M extends MessageContract, C> = {
  readonly effects: 'none'
  readonly mixed?: true
  batch(messages: MessageOf<M>[], tx: Queryable, context: C): Promise<void>
}

/**
 * For a service that keeps a fold of the history: its tables. `folds`: how events enter them by a replay, where a service does more than that
 * when it hears them live. `carryOver`: takes from the tables that serve into those in the schema `shadow` what no event tells, in the moment
 * in which these take their place.
 */
type Projected<T extends ServiceTopology, C> = T['name'] extends ProjectionName
  ? {
      projection: {
        readonly tables: readonly string[]
        readonly folds?: { readonly [M in T['hears'][number] as M['type']]: Fold<M, C> }
        carryOver?(tx: Queryable): Promise<unknown>
      }
    }
  : { projection?: never }

export type ServiceParts<T extends ServiceTopology, S extends z.ZodObject, Resources, C> = Heard<T, C> &
  Projected<T, C> & {
    /** Its own settings beside those of its place. */
    settings?: S
    open?(context: { settings: BaseSettings<T> & OwnSettings<S>; log: Log }): Promise<Opened<Resources>>
    /**
     * Milliseconds a batch waits for company. For services that nobody waits for: a projection that lags by so much costs a
     * fraction of the transactions.
     */
    linger_ms?: number
    answers: { readonly [R in T['answers'][number] as R['name']]: AnswerCall<R, C> }
    /** Started after everything else, stopped first. */
    background?(context: C, surroundings: Surroundings): Promise<Background>
  }

/**
 * What a service does with what it hears: a handler for each message, or `records`, for the keeper of the history: every message
 * exactly as it lies in its stream, known or not. Records know their place, which is all that is needed to enter them once.
 */
type Heard<T extends ServiceTopology, C> =
  | { hears: { readonly [M in T['hears'][number] as M['type']]: Hear<M, T, C> }; records?: never; reached?: never }
  | {
      hears?: never
      records(records: StoredRecord[], tx: Transaction<T['says'][number]>, context: C): Promise<void>
      /** The last place that it holds: what it acknowledged behind that is asked for again at its start. */
      reached(db: Queryable): Promise<number>
    }

/** A declared service, as the runtime sees it. */
export type Service = {
  readonly topology: ServiceTopology
  readonly settings: z.ZodObject
  readonly parts: UntypedParts
}

/** A service's parts without the types of their messages: the runtime validates what it passes to them. */
type UntypedParts = {
  linger_ms?: number
  open?(context: object): Promise<Opened<object>>
  hears: Record<string, UntypedHear>
  records?(records: StoredRecord[], tx: Transaction, context: object): Promise<void>
  projection?: {
    readonly tables: readonly string[]
    readonly folds?: Record<string, UntypedHear>
    carryOver?(tx: Queryable): Promise<unknown>
  }
  reached?(db: Queryable): Promise<number>
  answers: Record<string, (input: unknown, context: object, caller: Caller | undefined) => Promise<unknown>>
  background?(context: object, surroundings: Surroundings): Promise<Background>
}
export type UntypedHear = {
  effects: Effects
  mixed?: boolean
  batch?(messages: Message[], tx: Transaction, context: object): Promise<void>
  each?(message: Message, context: object): Promise<void>
}

/** How events enter what a service folds from the history; undefined for one that folds nothing. */
export const foldsOf = ({ projection, hears }: Service['parts']): Record<string, UntypedHear> | undefined =>
  projection && (projection.folds ?? hears)

/** Declares a service; that every message and call of its place is handled is checked by the compiler. */
export const defineService = <
  const T extends ServiceTopology,
  S extends z.ZodObject = z.ZodObject<Record<never, never>>,
  Resources = unknown,
>(
  topology: T,
  parts: ServiceParts<T, S, Resources, Context<T, OwnSettings<S>, Resources>>,
): Service => ({
  topology,
  settings: parts.settings ?? z.object({}),
  // The one place where the types of messages are dropped: what reaches a handler was parsed by its contract.
  parts: { hears: {}, ...parts } as unknown as UntypedParts,
})
