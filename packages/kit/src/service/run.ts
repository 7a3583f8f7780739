// Runs one service: connects, answers, consumes, relays; and stops in the order that loses nothing.
import { answersOf, consumersOf, isRestored, outboxRetentionDays, type RpcContract } from '@deliveryflow/contracts'
import { jetstream } from '@nats-io/jetstream'
import { keepAckFloor } from '../messaging/ack-floor.ts'
import { connectNats } from '../messaging/connection.ts'
import { watcher } from '../messaging/watch.ts'
import { startRelay } from '../outbox/relay.ts'
import { openDatabase } from '../postgres/database.ts'
import { startMaintenance } from '../postgres/maintenance.ts'
import { transactions } from '../postgres/transaction.ts'
import { projectionAnswers } from '../projection/answers.ts'
import { rpcClient } from '../rpc/client.ts'
import { type Answer, startRpcServer } from '../rpc/server.ts'
import { createLog } from '../telemetry/log.ts'
import type { Service } from './define.ts'
import { wayOf } from './listen.ts'
import { retryAnswer } from './retry.ts'
import { readSettings } from './settings.ts'

/** A service at work. */
export type RunningService = {
  readonly name: string
  /** Each dependency with `ok` or why it is not. */
  health(): Promise<Record<string, string>>
  /** Takes no more work, finishes what is in hand, closes. */
  stop(): Promise<void>
}

type Settings = {
  NATS_URL: string
  NATS_PASSWORD: string
  LOG_LEVEL: string
  RPC_CONCURRENCY: number
  CONSUMER_BATCH: number
  CONSUMER_CONCURRENCY: number
  DATABASE_URL?: string
  DATABASE_POOL: number
  OUTBOX_POLL_MS: number
}

type Stop = () => Promise<void>

/**
 * Starts a service with its settings from the environment. Throws when a setting is wrong or NATS does not let it in; what
 * had been opened by then is closed again.
 */
export const runService = async (
  service: Service,
  { environment = process.env, version = '0.0.0-dev' }: { environment?: NodeJS.ProcessEnv; version?: string } = {},
): Promise<RunningService> => {
  const { topology, parts } = service
  const settings = readSettings(topology, service.settings, environment) as Settings
  const log = createLog(topology.name, settings.LOG_LEVEL)
  const stops: Stop[] = []
  const stop = async () => {
    for (const close of stops.splice(0).reverse()) {
      await close().catch((error: unknown) => log.warn({ err: error }, 'a part did not stop cleanly'))
    }
  }
  const checks: Record<string, () => Promise<void>> = {}
  try {
    const opened = await parts.open?.({ settings, log })
    if (opened?.close) stops.push(opened.close)
    if (opened?.ready) checks.resources = opened.ready

    const db =
      settings.DATABASE_URL === undefined
        ? undefined
        : openDatabase(
            { url: settings.DATABASE_URL, application_name: topology.name, max: settings.DATABASE_POOL },
            log,
          )
    if (db) {
      stops.push(() => db.end())
      checks.postgres = () => db.ping()
      stops.push(startMaintenance(db, outboxRetentionDays, log).stop)
    }

    const connection = await connectNats(
      { url: settings.NATS_URL, user: topology.name, password: settings.NATS_PASSWORD },
      log,
    )
    stops.push(() => connection.drain())
    checks.nats = async () => void (await connection.flush())
    const js = jetstream(connection)

    let kick: () => void = () => undefined
    if (db && settings.DATABASE_URL !== undefined && topology.says.length > 0) {
      const relay = startRelay({
        database_url: settings.DATABASE_URL,
        service: topology.name,
        js,
        log,
        poll_ms: settings.OUTBOX_POLL_MS,
      })
      kick = relay.kick
      stops.push(relay.stop)
    }

    if (opened?.outbox) stops.push(opened.outbox.start({ js, log, poll_ms: settings.OUTBOX_POLL_MS }).stop)

    const transaction = db && transactions(db, topology.name, () => kick())
    const call = rpcClient(connection)
    const watch = watcher(connection, topology.watches ?? [], log)
    const context = { settings, log, call, watch, connection, js, db, transaction, ...opened?.resources }

    const ways = consumersOf(topology).map(
      (contract) => [contract, wayOf(service, contract, context, transaction)] as const,
    )
    const retry = retryAnswer(ways)
    const history = ways.find(([{ stream }]) => stream === 'EVENTS')?.[0]
    const projection = projectionAnswers(service, { contract: history, connection, db, transaction, context })
    const answers = new Map<RpcContract, Answer>(
      answersOf(topology).map((contract) => [
        contract,
        projection.get(contract.subject) ??
          (topology.answers.includes(contract)
            ? (input, caller) => answerOf(service, contract)(input, context, caller)
            : (input) => retry(input as Parameters<typeof retry>[0])), // Parsed by its contract before it comes here.
      ]),
    )
    // Also where there is nothing to answer: so its instances are seen on NATS, as those of every service.
    const server = await startRpcServer({
      connection,
      service: topology,
      version,
      answers,
      concurrency: settings.RPC_CONCURRENCY,
      log,
    })
    stops.push(server.stop)

    for (const [contract, way] of ways) {
      if (db && isRestored(contract)) stops.push((await keepAckFloor(db, js, contract, log, parts.reached)).stop)
      stops.push(way.listen({ js, log, linger_ms: parts.linger_ms ?? 0 }, settings).stop)
    }

    const health = () => healthOf(checks)
    const background = await parts.background?.(context, { health })
    if (background) stops.push(background.stop)
    log.info({ version }, 'started')
    return { name: topology.name, health, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

const answerOf = (service: Service, contract: RpcContract) => {
  const answer = service.parts.answers[contract.name]
  if (!answer) throw new Error(`${service.topology.name} has no answer to ${contract.subject}.`)
  return answer
}

const healthOf = async (checks: Record<string, () => Promise<void>>): Promise<Record<string, string>> => {
  const entries = Object.entries(checks).map(async ([name, check]) => {
    const timeout = new Promise<never>((_, fail) =>
      setTimeout(() => fail(new Error('no answer within 2 s')), 2000).unref(),
    )
    const result = await Promise.race([check(), timeout]).then(
      () => 'ok',
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    )
    return [name, result] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
