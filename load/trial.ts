// A system under load with all meters on it: runs steps and says for each what it did, what it cost and what lagged behind.
import { mkdtempSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type System, startSystem } from '@deliveryflow/local/system'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { openBacklog } from './backlog.ts'
import { startDriver } from './driver.ts'
import { violations } from './invariants.ts'
import { grace, type Step, type StepResult } from './messages.ts'
import { openMeters, spent } from './meters.ts'
import { type PopulationSize, populate } from './population.ts'

/** One step: its result, what was spent until everything was handled, and what waited when the grace was over. */
export type Trial = StepResult & {
  spent: ReturnType<typeof spent>
  /** What was spent until the last order was sent. */
  during: ReturnType<typeof spent>
  /** Messages not handled yet at the end of the grace, by service. */
  behind: Record<string, number>
  /** From the end of the step until every consumer had caught up; Infinity when a minute was not enough. */
  caught_up_ms: number
  load_average: number
}

export type Bench = {
  readonly system: System
  readonly nats: NatsConnection
  /** Where the system keeps its data. */
  readonly dir: string
  run(step: Step): Promise<Trial>
  /** What it spends when nothing is asked of it, over `seconds`. */
  rest(seconds: number): Promise<ReturnType<typeof spent>>
  /** What does not hold after all that was run; empty when all is well. */
  violations(): Promise<string[]>
  stop(): Promise<void>
}

export type BenchOptions = {
  settings: Record<string, string>
  each: boolean
  size: PopulationSize
  connections: number
  report(line: string): void
}

/** Starts a system of its own on free ports, populates it and aims a load generator at it. Nothing is left when it fails. */
export const startBench = async ({ settings, each, size, connections, report }: BenchOptions): Promise<Bench> => {
  const dir = mkdtempSync(join(tmpdir(), 'deliveryflow-bench-'))
  const cleanUp: (() => unknown)[] = [() => rmSync(dir, { recursive: true, force: true })]
  const stop = async () => {
    for (const step of cleanUp.splice(0).reverse()) await step()
  }
  try {
    const system = await startSystem({ dir, ports: 'free', http_port: 'free', each, settings, report })
    cleanUp.push(() => system.stop({ discard: true }))
    report(`Making ${size.products} products, ${size.customers} customers and ${size.couriers} couriers …`)
    const population = await populate(system, size)
    const account = system.backends.nats.user('admin')
    const driver = await startDriver({ url: system.url, nats: account, ...population, connections })
    cleanUp.push(() => driver.stop())
    const nats = await connect(account)
    cleanUp.push(() => nats.close())
    const meters = await openMeters(system, driver.pid)
    cleanUp.push(() => meters.close())
    const backlog = await openBacklog(nats)
    let accepted = 0

    return {
      system,
      nats,
      dir,
      run: async (step) => {
        const before = await meters.read()
        let behind: Trial['behind'] = {}
        let ended = performance.now()
        let during = spent(before, before)
        let afterGrace: Promise<void> | undefined
        const result = await driver.run(step, () => {
          ended = performance.now()
          afterGrace = (async () => {
            during = spent(before, await meters.read())
            await sleep(ended + grace - performance.now())
            behind = await backlog.read()
          })()
          afterGrace.catch(() => undefined) // awaited below
        })
        await afterGrace
        const waited = performance.now() - ended
        const caught_up_ms = Object.keys(behind).length === 0 ? waited : waited + (await backlog.drained(60))
        accepted += result.accepted
        const load_average = loadavg()[0] ?? Number.NaN
        return { ...result, spent: spent(before, await meters.read()), during, behind, caught_up_ms, load_average }
      },
      rest: async (seconds) => {
        const before = await meters.read()
        await sleep(seconds * 1000)
        return spent(before, await meters.read())
      },
      violations: () => violations(system, accepted),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}
