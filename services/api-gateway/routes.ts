// The routes, from the table of operations: each lets in, checks, asks and answers alike; a few are composed by hand.
import { type Caller, type HttpOperation, httpOperations, type RpcContract } from '@deliveryflow/contracts'
import { type Call, Rejection, sendProblem } from '@deliveryflow/kit'
import Router from '@koa/router'
import type { Middleware } from 'koa'
import { type Admission, admit } from './admission.ts'
import { readBody } from './body.ts'
import { handleCreateOrder } from './create-order.ts'
import { handleFollowEvents } from './follow-events.ts'
import { handleFollowOrder } from './follow-order.ts'
import type { Asked, Composed, Gateway, Handler } from './handler.ts'
import { type Input, inputCheck } from './input.ts'
import { handleGetProduct, handleListProducts } from './products.ts'
import { handleEndSession, handleRenewSession, handleStartSession } from './session.ts'

const composed: { [Id in Composed]: Handler<Id> } = {
  createOrder: handleCreateOrder,
  followEvents: handleFollowEvents,
  followOrder: handleFollowOrder,
  startSession: handleStartSession,
  renewSession: handleRenewSession,
  endSession: handleEndSession,
  listProducts: handleListProducts,
  getProduct: handleGetProduct,
}

/** A handler without the types of its input, which its contract has checked. */
type UntypedHandler = (
  asked: Input & Pick<Asked, 'expires_at' | 'http'> & { caller: Caller | undefined },
  gateway: Gateway,
) => Promise<unknown>

/** The router of the whole API. */
export const apiRoutes = (gateway: Gateway, admission: Admission): Router => {
  const router = new Router()
  for (const operation of httpOperations) {
    router[operation.method](routePath(operation), route(operation, gateway, admission))
  }
  return router
}

/** `/api/orders/{order_id}` → `/api/orders/:order_id`. */
const routePath = ({ path }: HttpOperation) => path.replaceAll(/\{(\w+)\}/g, ':$1')

const route = (operation: HttpOperation, gateway: Gateway, admission: Admission): Middleware => {
  const check = inputCheck(operation)
  const handle = handlerOf(operation)
  return async (http) => {
    http.state.route = operation.path
    const answer = await answerTo()
    if (answer instanceof Rejection) return sendProblem(http, answer)
    if (answer === undefined) return
    if (!operation.media) http.set('Cache-Control', 'no-store')
    http.status = operation.status
    http.body = answer

    async function answerTo(): Promise<unknown> {
      const identity = await admit(http, operation.access, admission)
      if (identity instanceof Rejection) return identity
      const refused = operation.body && (await readBody(http))
      if (refused) return refused
      const input = check({ params: http.params, query: http.query, headers: http.headers, body: http.request.body })
      if (input instanceof Rejection) return input
      return handle({ ...input, caller: identity?.caller, expires_at: identity?.expires_at ?? 0, http }, gateway)
    }
  }
}

const handlerOf = ({ id, rpc }: HttpOperation): UntypedHandler => {
  if (rpc) return passOn(rpc)
  // The one place where the types of inputs are dropped: each handler's input was checked by its own contract.
  const handler = (composed as Record<string, unknown>)[id] as UntypedHandler | undefined
  if (!handler) throw new Error(`The operation ${id} has neither a call nor a handler.`)
  return handler
}

/** Asks the service behind an operation; an Idempotency-Key goes along. */
const passOn =
  (rpc: RpcContract): UntypedHandler =>
  ({ params, query, headers, body, caller }, { call }) => {
    const key = (headers as { 'idempotency-key'?: string } | undefined)?.['idempotency-key']
    const input = {
      ...(params as object | undefined),
      ...(query as object | undefined),
      ...(body as object | undefined),
      ...(key !== undefined && { idempotency_key: key }),
    }
    return (call as Call)(rpc, input, { caller })
  }
