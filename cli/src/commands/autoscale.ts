// dfctl autoscale: sets how many instances services have by what waits for them, where neither KEDA nor an HPA does it.
import { InvalidArgumentError } from 'commander'
import { type Cluster, openKubernetes } from '../cluster/client.ts'
import type { Configure } from '../commands.ts'
import { Failure } from '../failure.ts'
import { interrupted } from '../interrupt.ts'
import { duration, type Format, type Globals, isJson, option } from '../options.ts'
import { serveLoopHealth } from '../scaling/health.ts'
import { monitorsAt, readLags } from '../scaling/lag.ts'
import { autoscale, type Told } from '../scaling/loop.ts'
import { policyOf, scalable } from '../scaling/policy.ts'
import { readScales } from '../scaling/scaler.ts'
import { withTarget } from '../target.ts'
import { color, say } from '../terminal.ts'
import { clock } from '../time.ts'

type Options = {
  min: number
  max: number
  lag: number
  interval: number
  downAfter: number
  cooldown: number
  natsMonitor?: string
  healthPort?: number
  dryRun: boolean
}

const leastInterval = 1000

const whole = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number.')
}

const configure: Configure = (command) =>
  command
    .argument('<service...>', 'SERVICE, or SERVICE=MIN..MAX@LAG for bounds and lag of its own')
    .addOption(option('--min <count>', 'the least').argParser(whole).default(1))
    .addOption(option('--max <count>', 'the most').argParser(whole).default(5))
    .addOption(option('--lag <messages>', 'how many messages may wait for each instance').argParser(whole).default(50))
    .addOption(option('--interval <duration>', 'how often it looks').argParser(duration).default(5000, '5s'))
    .addOption(
      option('--down-after <duration>', 'how long less must have been enough')
        .argParser(duration)
        .default(120_000, '2m'),
    )
    .addOption(
      option('--cooldown <duration>', 'how long it rests after a change').argParser(duration).default(15_000, '15s'),
    )
    .addOption(
      option('--nats-monitor <url>', 'where NATS is monitored, from inside the cluster: http://nats-headless:8222'),
    )
    .addOption(option('--health-port <port>', 'answer /healthz and /readyz here').argParser(whole))
    .option('--dry-run', 'say what it would do and do nothing', false)
    .addHelpText(
      'after',
      `
Services: ${scalable.join(', ')}

A line for each decision that differs from the one before; for every one with --verbose.
It grows at once and at most to the double, and gives back when less was enough for the time of --down-after.
Examples:
  dfctl autoscale notification-worker --dry-run
  dfctl autoscale notification-worker=1..10@100 audit=1..3`,
    )
    .action(async (words: string[], options: Options, self) => {
      const globals = self.optsWithGlobals() as Globals
      const { min, max, lag, interval, downAfter: down_after_ms, cooldown: cooldown_ms } = options
      if (interval < leastInterval) throw new Failure('usage', '--interval must be 1s or more')
      const policies = new Map(words.map((word) => policyOf(word, { min, max, lag, down_after_ms, cooldown_ms })))
      if (policies.size < words.length) throw new Failure('usage', 'A service is named twice')
      if (globals.local !== undefined) {
        throw new Failure('refused', 'A local run has one instance of each service', {
          why: 'its services are processes that npm start has started, not Deployments',
          next: 'Aim at a cluster: leave out --local.',
        })
      }
      const cluster = openKubernetes(globals)
      const inside = options.natsMonitor !== undefined
      if (!inside) await refuseOthers(cluster, [...policies.keys()])
      await withTarget(globals, async (target) => {
        const { natsMonitor } = options
        // Servers come and go: they are looked for anew each time.
        const monitors = () => (natsMonitor === undefined ? target.natsMonitors() : monitorsAt(natsMonitor))
        // Whoever is not heard of for three rounds, each of which may wait for its answers, hangs.
        const health =
          options.healthPort === undefined ? null : await serveLoopHealth(options.healthPort, 3 * interval + 60_000)
        if (process.stdout.isTTY) say(color.dim('Ctrl-C ends it; the instances stay as they are then.'))
        await autoscale({
          cluster,
          policies,
          lags: async () => readLags(await monitors()),
          interval_ms: interval,
          dry_run: options.dryRun,
          stop: interrupted(),
          tell: teller(globals.output, globals.verbose),
          ...(health ? { turned: health.turned } : {}),
        })
        health?.close()
      })
    })

/**
 * Throws `refused` when something else decides on one of them: two that scale by different numbers never come to rest. Inside
 * the cluster it has no right to look; the chart does not let both be.
 */
const refuseOthers = async (cluster: Cluster, services: readonly string[]): Promise<void> => {
  const other = (await readScales(cluster, services)).find(({ scaler }) => scaler.by !== 'fixed')
  if (!other) return
  const { service, scaler } = other
  const names = { keda: 'KEDA', hpa: 'an HPA', autoscaler: 'the Deployment autoscaler', fixed: 'nobody' }
  throw new Failure('refused', `${names[scaler.by]} decides on ${service} already`, {
    next: `Leave it to that (dfctl scale ${service} shows it), or switch it off in the chart first.`,
  })
}

/** Prints decisions, a line each; those that only repeat the one before are left out unless `all` are asked for. */
const teller = (output: Format, all: boolean) => {
  const last = new Map<string, string>()
  return (told: Told): void => {
    const { service, lag, replicas, decision, because, done, error } = told
    const same = `${replicas} ${decision} ${because} ${error}`
    if (!all && last.get(service) === same) return
    last.set(service, same)
    if (isJson(output)) {
      write(JSON.stringify(told))
      return
    }
    const number = decision === replicas ? `${replicas}` : `${replicas} → ${decision}${done ? '' : ' (not done)'}`
    const text = error === null ? `${color.bold(number)}  ${because}` : color.red(error)
    write(`${color.dim(clock(told.time))}  ${service.padEnd(20)}  lag ${String(lag ?? '?').padStart(6)}  ${text}`)
  }
}

const write = (line: string) => void process.stdout.write(`${line}\n`)

export default configure
