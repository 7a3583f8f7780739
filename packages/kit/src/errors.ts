// The three ways to fail: a Rejection is the business saying no (a value), a Terminal error cannot heal, anything else is retried.
import { isProblemCode, type ProblemCode, problems } from '@deliveryflow/contracts'

/** The business says no. Returned, never thrown: the caller must look at it. `extra` adds members to the problem document. */
export class Rejection {
  readonly code: ProblemCode
  readonly detail: string
  readonly extra: Record<string, unknown>

  constructor(code: ProblemCode, detail: string, extra: Record<string, unknown> = {}) {
    this.code = code
    this.detail = detail
    this.extra = extra
  }

  /** The HTTP status that belongs to the code. */
  get status(): number {
    return problems[this.code].status
  }
}

/** Says no: `return reject('not_found', 'No order has this id.')`. */
export const reject = (code: ProblemCode, detail: string, extra?: Record<string, unknown>) =>
  new Rejection(code, detail, extra)

/** A message or a state that no retry can heal: the message goes to the dead letters at once. */
export class Terminal extends Error {
  override readonly name = 'Terminal'
}

/** A dependency (database, service, mail server) does not answer now; nothing is known to be wrong with the message. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable'
}

/** An answer did not come before its deadline; the call may have had its effect. */
export class DeadlineExceeded extends Error {
  override readonly name = 'DeadlineExceeded'
}

/** What a thrown error is to a caller over HTTP or rpc: details of the inside never leave. */
export const problemOf = (error: unknown): Rejection => {
  if (error instanceof Rejection) return error
  if (error instanceof Unavailable) return reject('unavailable', error.message)
  if (error instanceof DeadlineExceeded) return reject('timeout', error.message)
  if (isConnectionError(error)) return reject('unavailable', 'A database does not answer.')
  return reject('internal', 'The error is logged. Trying again may help.')
}

/** SQLSTATE classes 08 (connection), 53 (resources), 57 (shutdown), and the codes of sockets that are not there. */
const connectionCode = /^(08|53|57)...$|^(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)$/

/** The names of the MongoDB driver's errors that say the same. */
const mongoConnection =
  /^Mongo(ServerSelection|Network|NetworkTimeout|WaitQueueTimeout|PoolCleared|ServerClosed|TopologyClosed|NotConnected)Error$|^PoolCleared/

/** Whether an error says that a database is away rather than that a statement is wrong. */
export const isConnectionError = (error: unknown): boolean => {
  if (error instanceof Unavailable) return true
  if (!(error instanceof Error)) return false
  if ('code' in error && typeof error.code === 'string' && connectionCode.test(error.code)) return true
  if (error instanceof AggregateError && error.errors.some(isConnectionError)) return true
  if (
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      error.message,
    )
  )
    return true
  return mongoConnection.test(error.name)
}

/** A code that came over the wire, or `internal` when it is none of ours. */
export const problemCode = (code: string | undefined): ProblemCode => (code && isProblemCode(code) ? code : 'internal')
