// `npm run bench`: how many orders a second the whole system takes as far as PAID, how fast, and what that costs.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { freePort } from '@deliveryflow/local/ports'
import { Command, InvalidArgumentError } from 'commander'
import { measureDisk } from './bounds/disk.ts'
import { measureJetStream } from './bounds/jetstream.ts'
import { measureKoa } from './bounds/koa.ts'
import { describeConditions, settings } from './conditions.ts'
import type { Step } from './messages.ts'
import { startProfile } from './profile.ts'
import { findSustained } from './ramp.ts'
import { type BenchReport, text } from './report.ts'
import { type Bench, startBench, type Trial } from './trial.ts'

const whole = (value: string) => {
  const number = Number(value)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It must be a whole number above 0.')
}
const ascending = (value: string) => {
  const rates = value.split(',').map(whole)
  if (rates.every((rate, index) => index === 0 || rate > (rates[index - 1] ?? 0))) return rates
  throw new InvalidArgumentError('Each rate must be higher than the one before.')
}

const options = new Command('npm run bench --')
  .description(
    'Starts a whole system of its own on free ports, loads it with orders at a constant rate (an open loop) and measures\n' +
      'the highest sustained rate, the latency to PAID, and the processor time of each order by component.',
  )
  .option('--rates <list>', 'orders per second to try, ascending', ascending, [50, 100, 150, 200, 250, 300, 400, 500])
  .option('--seconds <n>', 'length of each step', whole, 15)
  .option('--latency-rate <n>', 'a rate to measure latency at, beside half the sustained one', whole, 75)
  .option('--customers <n>', 'customers who order', whole, 50)
  .option('--connections <n>', 'HTTP connections of the load generator', whole, 64)
  .option('--each', 'run each service in a process of its own; processor time is then shown for each')
  .option('--no-bounds', 'leave out the bounds: disk, JetStream and Koa by themselves')
  .option('--no-journey', 'leave out the run as far as COMPLETED, on a second system')
  .option(
    '--profile <rate>',
    'record where the services spend their time at this rate, into .deliveryflow/bench',
    whole,
  )
  .option('--json', 'print everything as JSON instead of tables')
  .addHelpText(
    'after',
    `
A rate is sustained when 99 % of its orders are PAID within 2 s of the end of the step and the 99th percentile from when an
order was due to PAID is below 1 s. It takes about five minutes and wants the machine for itself. It fails when an order was
lost or paid twice, or when money or stock do not add up.

Examples:
  npm run bench
  npm run bench -- --rates 100,150 --seconds 10 --no-journey --no-bounds
  npm run bench -- --rates 150 --profile 150 --no-journey`,
  )
  .showHelpAfterError()
  .parse()
  .opts<{
    rates: number[]
    seconds: number
    latencyRate: number
    customers: number
    connections: number
    each?: boolean
    bounds: boolean
    journey: boolean
    profile?: number
    json?: boolean
  }>()

const { seconds, each = false, connections } = options
const say = (line: string) => void process.stderr.write(`  ${line}\n`)
const size = { products: 20, customers: options.customers, couriers: 10 }
const given = Object.fromEntries(Object.entries(settings).map(([name, { value }]) => [name, value]))
let running: Bench | undefined
const stop = async () => {
  const bench = running
  running = undefined
  await bench?.stop()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => void stop().then(() => process.exit(130)))

const toPaid = (rate: number): Step => ({ rate, seconds, patience: 20_000, until: 'paid' })

const attempt = async (bench: Bench, step: Step): Promise<Trial> => {
  const trial = await bench.run(step)
  const { paid_in_time, sent, journey, spent } = trial
  const total = Object.values(spent.processor).reduce((sum, ms) => sum + ms, 0)
  say(
    `${step.rate}/s: ${paid_in_time} of ${sent} paid in time, p99 ${journey.p99} ms, ${(total / sent).toFixed(1)} ms of processor each`,
  )
  return trial
}

const profiled = async (bench: Bench, port: number, rate: number) => {
  const folder = fileURLToPath(new URL('../.deliveryflow/bench', import.meta.url))
  mkdirSync(folder, { recursive: true })
  const file = join(folder, `services-${rate}.cpuprofile`)
  const profile = await startProfile(port)
  await attempt(bench, toPaid(rate))
  return { rate, file, ...(await profile.stop(file)) }
}

/** Everything but the journey, on one system. */
const measure = async (): Promise<Omit<BenchReport, 'journey'>> => {
  const port = await freePort()
  const inspector = options.profile === undefined ? {} : { NODE_OPTIONS: `--inspect=127.0.0.1:${port}` }
  const bench = await startBench({ settings: { ...given, ...inspector }, each, size, connections, report: say })
  running = bench
  const conditions = await describeConditions(bench.system, bench.nats)
  say('Warming up …')
  await bench.run({ ...toPaid(options.rates[0] ?? 50), seconds: 10 })
  const idle = await bench.rest(4)
  const bounds = options.bounds
    ? { disk: measureDisk(bench.dir, 3), jetstream: await measureJetStream(bench.nats, 3), koa: await measureKoa(4) }
    : null
  const steps: Trial[] = []
  const sustained = await findSustained(options.rates, async (rate) => {
    const trial = await attempt(bench, toPaid(rate))
    steps.push(trial)
    return trial
  })
  const rates = new Set([...(sustained > 0 ? [Math.max(1, Math.round(sustained / 2))] : []), options.latencyRate])
  const latency: Trial[] = []
  for (const rate of rates) latency.push(await attempt(bench, { ...toPaid(rate), seconds: seconds * 2 }))
  const profile = options.profile === undefined ? null : await profiled(bench, port, options.profile)
  const violations = await bench.violations()
  await stop()
  return {
    conditions,
    settings,
    options: { ...options, ...size },
    bounds,
    idle,
    sustained,
    steps,
    latency,
    profile,
    violations,
  }
}

/** As far as COMPLETED, at half the sustained rate, with couriers who walk as they do by default. */
const measureJourney = async (rate: number): Promise<BenchReport['journey']> => {
  const { DELIVERY__SIMULATOR_STEP_MS: _default, ...others } = given
  const bench = await startBench({ settings: others, each, size, connections, report: say })
  running = bench
  await bench.run({ ...toPaid(rate), seconds: 10 })
  const trial = await attempt(bench, { rate, seconds: seconds * 2, patience: 60_000, until: 'completed' })
  const violations = await bench.violations()
  await stop()
  return { trial, violations }
}

try {
  if (each && options.profile !== undefined) throw new Error('--profile looks into one process: leave out --each.')
  const measured = await measure()
  const { sustained } = measured
  const journey = options.journey && sustained > 0 ? await measureJourney(Math.max(1, Math.round(sustained / 2))) : null
  const report = { ...measured, journey }
  process.stdout.write(options.json ? `${JSON.stringify(report, null, 2)}\n` : text(report))
  const wrong = [...report.violations, ...(journey?.violations ?? [])]
  process.exitCode = wrong.length > 0 || sustained === 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`\n${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
} finally {
  await stop()
}
