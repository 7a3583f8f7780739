// What a service may use of the kit; everything else in here is the kit's own business.

export { v7 as newId } from 'uuid'
export { DeadlineExceeded, isConnectionError, problemOf, Rejection, reject, Terminal, Unavailable } from './errors.ts'
export type { Message, Outgoing } from './messaging/envelope.ts'
export type { Database } from './postgres/database.ts'
export { type Queryable, rowsOf, statement } from './postgres/statement.ts'
export type { Transaction } from './postgres/transaction.ts'
export { fromRedis, openRedis } from './redis.ts'
export type { Call } from './rpc/client.ts'
export {
  type AnswerOf,
  type Background,
  type Context,
  defineService,
  type HearOf,
  type Service,
} from './service/define.ts'
export { type RunningService, runService } from './service/run.ts'
export type { Log } from './telemetry/log.ts'
