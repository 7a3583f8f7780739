// Asks other services over NATS: with a deadline, a circuit breaker for each target, and retries where a call may be repeated.

import { setTimeout as sleep } from 'node:timers/promises'
import { type Caller, type InputOf, type OutputOf, ownerOf, type RpcContract } from '@deliveryflow/contracts'
import {
  type Msg,
  type NatsConnection,
  NoRespondersError,
  headers as natsHeaders,
  RequestError,
  TimeoutError,
} from '@nats-io/transport-node'
import {
  BrokenCircuitError,
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleType,
} from 'cockatiel'
import { DeadlineExceeded, problemCode, type Rejection, reject, Unavailable } from '../errors.ts'
import { currentTraceparent, traced } from '../telemetry/tracing.ts'

export type CallOptions = {
  /** On whose behalf; travels as `df-user`. */
  caller?: Caller | undefined
  /** Milliseconds until the answer is no longer wanted; the other side is told. */
  timeout_ms?: number
}

/** Asks a service. A Rejection is an answer; `Unavailable` and `DeadlineExceeded` are thrown. */
export type Call<Calls extends RpcContract = RpcContract> = <R extends Calls>(
  contract: R,
  input: InputOf<R>,
  options?: CallOptions,
) => Promise<OutputOf<R> | Rejection>

const defaultTimeout = 5000
const attempts = 3

/** Makes the `call` of a service. */
export const rpcClient = (connection: NatsConnection): Call => {
  const breakers = new Map<string, CircuitBreakerPolicy>()
  let connected = true
  void (async () => {
    for await (const { type } of connection.status()) {
      if (type === 'disconnect') connected = false
      else if (type === 'reconnect') connected = true
    }
  })()

  return async (contract, input, { caller, timeout_ms = defaultTimeout } = {}) => {
    const target = targetOf(contract)
    const breaker = getOrMake(breakers, target, newBreaker)
    const deadline = Date.now() + timeout_ms
    const repeatable = mayRepeat(contract, input)
    const ask = () => request(connection, contract, input, caller, deadline)
    const once = async () => {
      // Known at once, where waiting for the deadline would only say the same later; and it is not the target's fault.
      if (!connected) throw new Unavailable('NATS cannot be reached.')
      return breaker.execute(() => (repeatable ? askAgainAfter((deadline - Date.now()) / 2, ask) : ask()))
    }
    return traced(contract.subject, { 'rpc.system': 'nats', 'rpc.service': target }, async () => {
      for (let attempt = 1; ; attempt++) {
        try {
          return await once()
        } catch (error) {
          const pause = Math.random() * 50 * 2 ** attempt
          const again = repeatable && error instanceof Unavailable && attempt < attempts
          if (again && Date.now() + pause < deadline) await sleep(pause)
          else if (error instanceof BrokenCircuitError)
            throw new Unavailable(`${target} has failed too often; it is left alone for a moment.`)
          else throw error
        }
      }
    })
  }
}

/** Whom a call asks, as errors and spans name it. */
const targetOf = (contract: RpcContract) => ownerOf(contract) ?? contract.subject

const mayRepeat = ({ idempotent }: RpcContract, input: unknown): boolean =>
  idempotent === 'with_key' ? (input as { idempotency_key?: string }).idempotency_key !== undefined : idempotent

/**
 * Asks a second time when no answer has come within `milliseconds`; the first answer to either counts. Core NATS delivers at
 * most once: a request that is on its way to a replica while that one leaves is lost without a word.
 */
const askAgainAfter = async <T>(milliseconds: number, ask: () => Promise<T>): Promise<T> => {
  const answered = new AbortController()
  const again = sleep(milliseconds, undefined, { signal: answered.signal }).then(ask)
  try {
    return await Promise.race([ask(), again])
  } finally {
    answered.abort()
  }
}

const newBreaker = (): CircuitBreakerPolicy =>
  circuitBreaker(handleType(Unavailable).orType(DeadlineExceeded), {
    halfOpenAfter: 2000,
    breaker: new ConsecutiveBreaker(10),
  })

const request = async <R extends RpcContract>(
  connection: NatsConnection,
  contract: R,
  input: InputOf<R>,
  caller: Caller | undefined,
  deadline: number,
): Promise<OutputOf<R> | Rejection> => {
  const headers = natsHeaders()
  headers.set('df-deadline', String(deadline))
  if (caller) headers.set('df-user', JSON.stringify(caller))
  const traceparent = currentTraceparent()
  if (traceparent) headers.set('traceparent', traceparent)
  try {
    const timeout = Math.max(1, deadline - Date.now())
    const answer = await connection.request(contract.subject, JSON.stringify(input), { headers, timeout })
    return read(contract, answer)
  } catch (error) {
    const cause = error instanceof RequestError ? (error.cause ?? error) : error
    if (cause instanceof NoRespondersError || (error instanceof RequestError && error.isNoResponders())) {
      throw new Unavailable(`${targetOf(contract)} is not running.`, { cause })
    }
    if (cause instanceof TimeoutError) {
      throw new DeadlineExceeded(`${contract.subject} did not answer in time.`, { cause })
    }
    throw error
  }
}

const read = <R extends RpcContract>(contract: R, answer: Msg): OutputOf<R> | Rejection => {
  const code = answer.headers?.get('Nats-Service-Error')
  if (!code) return contract.output.parse(answer.json()) as OutputOf<R>
  const { detail, ...extra } = answer.json<{ detail: string }>()
  if (code === 'unavailable' && !contract.rejections.includes('unavailable')) throw new Unavailable(detail)
  if (code === 'internal') throw new Error(`${contract.subject} failed: ${detail}`)
  return reject(problemCode(code), detail, extra)
}

const getOrMake = <K, V>(map: Map<K, V>, key: K, make: () => V): V => {
  const present = map.get(key)
  if (present !== undefined) return present
  const made = make()
  map.set(key, made)
  return made
}
