// What an HTTP operation of the gateway is. The routes, the checks of input and `docs/openapi.yaml` come from these.
import type { z } from 'zod'
import { type Access, accessRefusals } from './access.ts'
import { type ProblemCode, problems } from './problem.ts'
import type { RpcContract } from './rpc.ts'

/**
 * The contract of one operation. Where `rpc` is given the gateway only passes on: the input of the call is the union of
 * params, query and body, and its output is the body of the answer.
 */
export type HttpOperation = {
  readonly id: string
  readonly method: 'get' | 'post' | 'put' | 'patch'
  readonly path: `/api/${string}`
  readonly about: string
  readonly access: Access
  readonly params?: z.ZodObject
  readonly query?: z.ZodObject
  readonly body?: z.ZodObject
  readonly headers?: z.ZodObject
  readonly status: number
  readonly response: z.ZodType
  readonly media?: 'text/event-stream'
  readonly problems: readonly ProblemCode[]
  readonly rpc?: RpcContract
}

/** Declares an operation; the value keeps its exact type, so that handlers see their own input. */
export const operation = <const O extends HttpOperation>(contract: O): O => contract

/**
 * Every problem an operation can answer, by rising status: its own, and those the gateway itself answers: input that does not
 * fit, a missing token or role, limits, and services that are away.
 */
export const problemsOf = (operation: HttpOperation): ProblemCode[] => {
  const codes = new Set<ProblemCode>([...operation.problems, ...accessRefusals(operation.access)])
  if (operation.params || operation.query || operation.body || operation.headers) codes.add('invalid_request')
  if (operation.body) codes.add('body_too_large').add('unsupported_media_type')
  codes.add('too_many_requests').add('internal').add('unavailable').add('timeout')
  return [...codes].sort((a, b) => problems[a].status - problems[b].status || a.localeCompare(b))
}
