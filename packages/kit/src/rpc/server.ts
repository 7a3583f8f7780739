// Answers the calls of a service through the NATS services API, so that `nats micro ls` and `$SRV.STATS` see it.
import {
  type Caller,
  caller as callerSchema,
  mayUse,
  notFor,
  type RpcContract,
  type ServiceTopology,
} from '@deliveryflow/contracts'
import { type Service, type ServiceMsg, Svcm } from '@nats-io/services'
import type { NatsConnection } from '@nats-io/transport-node'
import { SpanKind } from '@opentelemetry/api'
import { bulkhead } from 'cockatiel'
import { problemOf, Rejection, reject } from '../errors.ts'
import type { Log } from '../telemetry/log.ts'
import { rpcDuration } from '../telemetry/metrics.ts'
import { traced } from '../telemetry/tracing.ts'

/** Answers one call: the output, or the refusal. `input` fits the contract already. */
export type Answer = (input: unknown, caller: Caller | undefined) => Promise<unknown>

export type RpcServerOptions = {
  connection: NatsConnection
  service: ServiceTopology
  version: string
  answers: ReadonlyMap<RpcContract, Answer>
  concurrency: number
  log: Log
}

const queued = 10_000

/** Calls of one subject that were answered, since the service began: how many of them failed, and the milliseconds of all. */
export type CallCounts = { answered: number; failed: number; processing_ms: number }

/** Starts answering. `stop` takes no new calls, and resolves when those in hand are answered. */
export const startRpcServer = async (options: RpcServerOptions): Promise<{ stop(): Promise<void> }> => {
  const { connection, service, version, answers, concurrency, log } = options
  const limit = bulkhead(concurrency, queued)
  const inHand = new Set<Promise<void>>()
  const counts = new Map<string, CallCounts>([...answers.keys()].map(({ subject }) => [subject, noCalls()]))
  const server: Service = await new Svcm(connection).add({
    name: service.name,
    version,
    description: service.about,
    queue: service.name,
    // What the library counts ends where a handler returns, which is before it has answered.
    statsHandler: async ({ subject = '' }) => counts.get(subject),
  })
  for (const [contract, answer] of answers) {
    const count = counts.get(contract.subject) ?? noCalls()
    server.addEndpoint(contract.subject.replaceAll('.', '_').replaceAll('*', 'any'), {
      subject: contract.subject,
      handler: (error, message) => {
        if (error) return log.error({ err: error, subject: contract.subject }, 'the endpoint ended')
        const work = limit
          .execute(() => respond(contract, answer, message, { service: service.name, log, count }))
          .catch((cause: unknown) => {
            count.failed++
            log.error({ err: cause, subject: contract.subject }, 'a call was dropped')
            sendRejection(message, reject('unavailable', `${service.name} has too much to do.`))
          })
        inHand.add(work)
        void work.finally(() => inHand.delete(work))
      },
    })
  }
  return {
    stop: async () => {
      await server.stop()
      await Promise.allSettled(inHand)
    },
  }
}

const noCalls = (): CallCounts => ({ answered: 0, failed: 0, processing_ms: 0 })

type Place = { service: string; log: Log; count: CallCounts }

const respond = async (
  contract: RpcContract,
  answer: Answer,
  message: ServiceMsg,
  { service, log, count }: Place,
): Promise<void> => {
  const deadline = Number(message.headers?.get('df-deadline') ?? Number.POSITIVE_INFINITY)
  if (Date.now() > deadline) return // Nobody waits any more.
  const started = performance.now()
  let outcome = 'ok'
  try {
    const result = await traced(
      contract.subject,
      { 'rpc.system': 'nats', 'rpc.service': service },
      () => handle(contract, answer, message),
      {
        kind: SpanKind.SERVER,
        parent: message.headers?.get('traceparent') || undefined,
      },
    )
    if (result instanceof Rejection) {
      outcome = result.code
      sendRejection(message, result)
    } else message.respond(JSON.stringify(result))
  } catch (error) {
    count.failed++
    const rejection = problemOf(error)
    outcome = rejection.code
    log[rejection.code === 'internal' ? 'error' : 'warn']({ err: error, subject: contract.subject }, 'a call failed')
    sendRejection(message, rejection)
  } finally {
    const took = performance.now() - started
    count.answered++
    count.processing_ms += took
    rpcDuration.record(took / 1000, { service, subject: contract.subject, outcome })
  }
}

const handle = async (contract: RpcContract, answer: Answer, message: ServiceMsg): Promise<unknown> => {
  const user = message.headers?.get('df-user')
  const caller = user ? callerSchema.parse(JSON.parse(user)) : undefined
  const { access, subject } = contract
  if (access !== 'public') {
    if (!caller) return reject('unauthenticated', `${subject} is asked on behalf of a user.`)
    if (!mayUse(access, caller.role)) return reject('forbidden', notFor(access, caller.role))
  }
  const input = contract.input.safeParse(message.json())
  if (!input.success)
    return reject(
      'invalid_request',
      input.error.issues.map(({ path, message: text }) => `${path.join('.')}: ${text}`).join('; '),
    )
  return answer(input.data, caller)
}

const sendRejection = (message: ServiceMsg, { status, code, detail, extra }: Rejection) =>
  message.respondError(status, code, JSON.stringify({ ...extra, detail }))
