// What a check is, and how many are run side by side. What is checked is the other files' matter.
import { Failure, reasonOf } from '../failure.ts'

/** The groups in the order in which they are shown, with their headings. */
export const groups = {
  cluster: 'Cluster',
  installation: 'Installation',
  services: 'Services',
  nats: 'NATS',
  databases: 'Databases',
  stores: 'Redis, MongoDB, mail',
  flow: 'Flow',
} as const

export type Group = keyof typeof groups

/**
 * What a check found. `skipped`: it could not look, because of something else that failed or that is not known here.
 * `reason`: why, and for `ok` what was seen. `next`: the command that helps.
 */
export type Finding = {
  state: 'ok' | 'warning' | 'failure' | 'skipped'
  reason?: string | undefined
  next?: string | undefined
}

/** One thing that must hold. `needs`: checks without which this one makes no sense; it is skipped when one of them failed. */
export type Check = {
  readonly id: string
  readonly group: Group
  readonly title: string
  readonly needs?: readonly string[]
  run(): Promise<Finding>
}

/** A check with what it found, as JSON shows it. */
export type Result = {
  id: string
  group: Group
  title: string
  state: Finding['state']
  reason: string | null
  next: string | null
}

export type Health = { healthy: boolean; checks: Result[] }

export const ok = (reason?: string): Finding => ({ state: 'ok', reason })
export const warning = (reason: string, next?: string): Finding => ({ state: 'warning', reason, next })
export const failure = (reason: string, next?: string): Finding => ({ state: 'failure', reason, next })
export const skipped = (reason: string): Finding => ({ state: 'skipped', reason })

/**
 * Runs the checks side by side, each at most `limit_ms`, after those that it needs; never throws. The results are in the order
 * of the groups and, within one, of the checks. `told` hears of each as it ends.
 */
export const runChecks = async (
  checks: readonly Check[],
  { limit_ms = 20_000, told = () => undefined }: { limit_ms?: number; told?: (result: Result) => void } = {},
): Promise<Health> => {
  const byId = new Map(checks.map((check) => [check.id, check]))
  const running = new Map<string, Promise<Result>>()
  const resultOf = (check: Check): Promise<Result> => {
    const known = running.get(check.id)
    if (known) return known
    const begun = begin(check)
    running.set(check.id, begun)
    return begun
  }
  const begin = async (check: Check): Promise<Result> => {
    const needed = (check.needs ?? []).flatMap((id) => byId.get(id) ?? [])
    const before = await Promise.all(needed.map(resultOf))
    const missing = before.find(({ state }) => state === 'failure' || state === 'skipped')
    const finding = missing ? skipped(`not checked: ${rootOf(missing)}`) : await within(limit_ms, check)
    const { id, group, title } = check
    const result = {
      id,
      group,
      title,
      state: finding.state,
      reason: finding.reason ?? null,
      next: finding.next ?? null,
    }
    told(result)
    return result
  }
  const results = await Promise.all(checks.map(resultOf))
  const order = Object.keys(groups)
  results.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group))
  return { healthy: results.every(({ state }) => state !== 'failure'), checks: results }
}

/** The first cause: what was skipped itself names it already. */
const rootOf = ({ state, id, reason }: Result): string =>
  state === 'skipped' ? (reason ?? id).replace(/^not checked: /, '') : `${id} failed`

const within = async (limit_ms: number, check: Check): Promise<Finding> => {
  const { promise: late, resolve } = Promise.withResolvers<Finding>()
  const timer = setTimeout(() => resolve(failure(`no answer within ${limit_ms / 1000} s`)), limit_ms)
  try {
    return await Promise.race([check.run(), late])
  } catch (error) {
    // What is not there has a check of its own, which says so.
    if (error instanceof Failure && error.kind === 'not_found') return skipped(`not checked: ${error.message}`)
    if (error instanceof Failure) return failure([error.message, error.why].filter(Boolean).join(': '), error.next)
    return failure(reasonOf(error))
  } finally {
    clearTimeout(timer)
  }
}
