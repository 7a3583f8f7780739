// Calls to services over NATS as dfctl makes them: as an administrator or for a user, with what went wrong as a Failure.
import { type InputOf, type OutputOf, ownerOf, type RpcContract } from '@deliveryflow/contracts'
import { DeadlineExceeded, Rejection, Unavailable } from '@deliveryflow/kit/errors'
import { rpcClient } from '@deliveryflow/kit/rpc/client'
import type { NatsConnection } from '@nats-io/transport-node'
import { Failure, reasonOf } from './failure.ts'
import type { Target } from './target.ts'

/** Asks a service; `user_id`: on behalf of this customer instead of as an administrator. A Rejection is an answer. */
export type Ask = <R extends RpcContract>(
  contract: R,
  input: InputOf<R>,
  user_id?: string,
) => Promise<OutputOf<R> | Rejection>

/** On whose behalf dfctl asks where no customer is named. */
export const administrator = { user_id: '00000000-0000-0000-0000-000000000000', role: 'admin' } as const

/** The connection of the target. Throws an `unhealthy` Failure when no server takes it. */
export const connectionOf = async (target: Target): Promise<NatsConnection> => {
  try {
    return await target.nats()
  } catch (error) {
    if (error instanceof Failure) throw error
    const next = 'See dfctl check.'
    throw new Failure('unhealthy', `NATS does not answer in ${target.label}`, {
      why: reasonOf(error),
      next,
      cause: error,
    })
  }
}

/** Connects to NATS once, and asks; each answer is awaited so many milliseconds. A service that does not answer is an `unhealthy` Failure. */
export const openCalls = async (target: Target, timeout_ms = 10_000): Promise<Ask> => {
  const call = rpcClient(await connectionOf(target))
  return async (contract, input, user_id) => {
    try {
      const caller = user_id === undefined ? administrator : ({ user_id, role: 'customer' } as const)
      return await call(contract, input, { caller, timeout_ms })
    } catch (error) {
      if (!(error instanceof Unavailable || error instanceof DeadlineExceeded)) throw error
      const owner = ownerOf(contract)
      throw new Failure('unhealthy', `${contract.subject} got no answer`, {
        why: error.message,
        next: `See dfctl check${owner ? ` and dfctl logs ${owner}` : ''}.`,
        cause: error,
      })
    }
  }
}

/** The output of an answer. Throws `refused` with what the service said where it is a no. */
export const granted = <T>(contract: RpcContract, answer: T | Rejection): T => {
  if (!(answer instanceof Rejection)) return answer
  throw new Failure(answer.code === 'not_found' ? 'not_found' : 'refused', answer.detail, {
    why: `${contract.subject} said so`,
  })
}
