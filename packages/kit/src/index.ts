// What a service may use of the kit; everything else in here is the kit's own business.

export { BulkheadRejectedError, bulkhead } from 'cockatiel'
export { v7 as newId } from 'uuid'
export { type Cursor, cursorFor } from './cursor.ts'
export { DeadlineExceeded, isConnectionError, problemOf, Rejection, reject, Terminal, Unavailable } from './errors.ts'
export { type Listening, listen } from './http/listen.ts'
export { observeRequests } from './http/observe.ts'
export { type Health, probes } from './http/probes.ts'
export { answerProblems, problemDocumentOf, sendProblem } from './http/problem.ts'
export type { Message, Outgoing } from './messaging/envelope.ts'
export type { Watch } from './messaging/watch.ts'
export type { Database } from './postgres/database.ts'
export { type Queryable, rowsOf, statement } from './postgres/statement.ts'
export type { Transaction } from './postgres/transaction.ts'
export { fromRedis, openRedis } from './redis.ts'
export { repeat } from './repeat.ts'
export type { Call } from './rpc/client.ts'
export {
  type AnswerOf,
  type Background,
  type Context,
  defineService,
  type Fold,
  type HearMixed,
  type HearOf,
  type MessageOf,
  type Service,
  type Surroundings,
} from './service/define.ts'
export { type RunningService, runService } from './service/run.ts'
export type { Log } from './telemetry/log.ts'
