// Checks of what moves through the system: consumers that lag, outboxes that wait, dead letters, sagas past their deadline.
import { consumersOf, databases, services } from '@deliveryflow/contracts'
import { span } from '../../time.ts'
import { type Check, type Finding, failure, ok, skipped, warning } from '../check.ts'
import { commandFor, type Readings } from '../readings.ts'

/** `lag_limit`: how many messages may wait for one consumer. */
export type FlowLimits = { lag_limit: number }

/** A message that is said but not published for this long waits for a reason. */
const outboxPatience = { warning_ms: 30_000, failure_ms: 5 * 60_000 }

/** Lag, outbox, dead letters, sagas, and the API as a customer meets it. */
export const flowChecks = (readings: Readings, limits: FlowLimits): Check[] => {
  const needsNats = ['nats.quorum', 'nats.sign-in']
  return [
    {
      id: 'flow.api',
      group: 'flow',
      title: 'HTTP API',
      needs: ['services.api-gateway', 'services.catalog'],
      run: () => checkApi(readings),
    },
    { id: 'flow.lag', group: 'flow', title: 'consumer lag', needs: needsNats, run: () => checkLag(readings, limits) },
    {
      id: 'flow.outbox',
      group: 'flow',
      title: 'outbox backlog',
      needs: ['databases.postgres'],
      run: () => checkOutboxes(readings),
    },
    {
      id: 'flow.dead-letters',
      group: 'flow',
      title: 'dead letters',
      needs: [...needsNats, 'nats.stream.DLQ'],
      run: () => checkDeadLetters(readings),
    },
    { id: 'flow.sagas', group: 'flow', title: 'sagas', needs: ['databases.saga'], run: () => checkSagas(readings) },
    {
      id: 'flow.archive',
      group: 'flow',
      title: 'archive',
      needs: [...needsNats, 'databases.audit', 'nats.stream.EVENTS'],
      run: () => checkArchive(readings),
    },
  ]
}

const checkApi = async (readings: Readings): Promise<Finding> => {
  const url = `${await readings.target.http()}/api/products?limit=1`
  const started = performance.now()
  const next = commandFor(readings, 'logs api-gateway catalog')
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(8000) })
    const taken = span(performance.now() - started)
    if (answer.ok) return ok(`the catalog answers in ${taken}`)
    return failure(`GET /api/products answers ${answer.status}: ${(await answer.text()).slice(0, 200)}`, next)
  } catch (error) {
    return failure(`GET /api/products got no answer: ${error instanceof Error ? error.message : error}`, next)
  }
}

const checkLag = async (readings: Readings, { lag_limit }: FlowLimits): Promise<Finding> => {
  const streams = await readings.streams()
  const known = new Set(services.flatMap(consumersOf).map(({ stream, durable }) => `${stream}/${durable}`))
  const lags = streams
    .flatMap(({ consumers }) => consumers)
    .flatMap(({ name, stream, info }) =>
      info && known.has(`${stream}/${name}`)
        ? [{ name, stream, waiting: info.num_pending + info.num_ack_pending }]
        : [],
    )
    .sort((a, b) => b.waiting - a.waiting)
  const late = lags.filter(({ waiting }) => waiting > lag_limit)
  const [worst] = late
  if (!worst) return ok(`at most ${lags[0]?.waiting ?? 0} wait for a consumer`)
  const instances = await readings.instances()
  const reason = late.map(({ name, stream, waiting }) => `${waiting} of ${stream} wait for ${name}`).join('; ')
  const unheard = late.find(({ name }) => instances.get(name)?.connected === 0)
  if (unheard)
    return failure(
      `${reason}; no instance of ${unheard.name} is connected`,
      commandFor(readings, `logs ${unheard.name}`),
    )
  const next =
    readings.target.kind === 'local'
      ? commandFor(readings, 'streams --consumers')
      : commandFor(readings, `scale ${worst.name}=N`)
  return warning(`${reason} (limit ${lag_limit})`, next)
}

const checkOutboxes = async (readings: Readings): Promise<Finding> => {
  const looked = await Promise.allSettled(databases.map((name) => readings.database(name)))
  // A database that cannot be read has a line of its own.
  const backlogs = looked.flatMap((one) =>
    one.status === 'fulfilled' && one.value.outbox.pending > 0
      ? [{ name: one.value.name, pending: one.value.outbox.pending, oldest_ms: one.value.outbox.oldest_ms ?? 0 }]
      : [],
  )
  const mongo = await readings.mongo().catch(() => null)
  const waiting = backlogs.reduce((sum, { pending }) => sum + pending, mongo?.outbox ?? 0)
  const late = backlogs.filter(({ oldest_ms }) => oldest_ms > outboxPatience.warning_ms)
  const [worst] = late.sort((a, b) => b.oldest_ms - a.oldest_ms)
  if (!worst) return ok(waiting === 0 ? 'nothing waits' : `${waiting} wait, none for long`)
  const reason = late
    .map(({ name, pending, oldest_ms }) => `${pending} wait in ${name}, the oldest for ${span(oldest_ms)}`)
    .join('; ')
  const next = commandFor(readings, `logs ${worst.name === 'notification' ? 'notification-planner' : worst.name}`)
  return worst.oldest_ms > outboxPatience.failure_ms ? failure(reason, next) : warning(reason, next)
}

const checkDeadLetters = async (readings: Readings): Promise<Finding> => {
  const state = (await readings.streams()).find(({ name }) => name === 'DLQ')?.info?.state
  if (!state) return skipped('not checked: stream DLQ is not there')
  if (state.messages === 0) return ok('none')
  const subjects = Object.entries(state.subjects ?? {}).sort(([, a], [, b]) => b - a)
  const told = subjects.slice(0, 5).map(([subject, count]) => `${count} of ${subject.slice('dlq.'.length)}`)
  return warning(
    `${state.messages} could not be handled: ${told.join(', ')}`,
    commandFor(readings, 'streams --dead-letters'),
  )
}

const checkSagas = async (readings: Readings): Promise<Finding> => {
  const { sagas } = await readings.database('saga')
  if (!sagas) return skipped('not checked: the database has no table of sagas')
  const { by_status, overdue, overdue_order_id, overdue_ms } = sagas
  if (overdue > 0)
    return failure(
      `${overdue} past their deadline, the longest by ${span(overdue_ms ?? 0)}: nobody moves them on`,
      commandFor(readings, `order trace ${overdue_order_id}`),
    )
  const open = (by_status.RUNNING ?? 0) + (by_status.COMPENSATING ?? 0)
  return ok(`${open} under way, none past its deadline`)
}

/** The index keeps what the stream forgets all the same; the archive is what outlives the index. */
const checkArchive = async (readings: Readings): Promise<Finding> => {
  const { archive } = await readings.database('audit')
  if (!archive) return ok('none is set: the history is in the index and in exports alone')
  const { place, archived, sealed, error, failed_at } = archive
  const next = commandFor(readings, 'audit archive list')
  const state = (await readings.streams()).find(({ name }) => name === 'EVENTS')?.info?.state
  const forgotten = (state?.first_seq ?? 1) - 1
  const why = error ? `: ${error}` : ''
  if (forgotten > archived)
    return warning(`${archived + 1} to ${forgotten} left the stream and are not archived${why}`, next)
  if (error) return warning(`nothing is archived since ${failed_at?.toISOString()}${why}`, next)
  return ok(`up to ${archived} of ${sealed} in ${place}`)
}
