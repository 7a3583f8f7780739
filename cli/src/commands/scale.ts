// dfctl scale: show how many instances services have and who decides it, and set it.
import { type Cluster, openKubernetes } from '../cluster/client.ts'
import { type Configure, nearest } from '../commands.ts'
import { deployments as names } from '../deployments.ts'
import { Failure } from '../failure.ts'
import type { Globals } from '../options.ts'
import { type Column, print } from '../output.ts'
import { readLags } from '../scaling/lag.ts'
import { type Change, pinTo, unpin } from '../scaling/pin.ts'
import { readScales, type Scale } from '../scaling/scaler.ts'
import { waitForMembers } from '../scaling/wait.ts'
import { type Target, withTarget } from '../target.ts'
import { say } from '../terminal.ts'

const most = 50

type Options = { auto: boolean; force: boolean; dryRun: boolean; wait: boolean }
type Wish = { service: string; replicas: number | null }

const configure: Configure = (command) =>
  command
    .argument('[service...]', 'SERVICE shows it, SERVICE=N sets it; all are shown without')
    .option('--auto', 'let them be scaled by load again', false)
    .option('--wait', 'until the instances are ready and members of their queues on NATS', false)
    .option('--force', 'allow 0: nobody does the work of the service then', false)
    .option('--dry-run', 'say what would be done and do nothing', false)
    .addHelpText(
      'after',
      `
Services: ${names.join(', ')}

Where KEDA or an HPA decides, N is pinned through it and holds until --auto. Where nothing does, N holds until another is set.
Upgrades keep both.

Examples:
  dfctl scale                                     who decides, and how far each is behind
  dfctl scale notification-worker=5 --wait
  dfctl scale notification-worker --auto`,
    )
    .action(async (words: string[], options: Options, self) => {
      const globals = self.optsWithGlobals() as Globals
      const wishes = words.map((word) => wishOf(word, options.force))
      checkTogether(wishes, options)
      if (globals.local !== undefined) {
        throw new Failure('refused', 'A local run has one instance of each service', {
          why: 'its services are processes that npm start has started, not Deployments',
          next: 'Aim at a cluster: leave out --local.',
        })
      }
      const cluster = openKubernetes(globals)
      await withTarget(globals, async (target) => {
        const shown = wishes.length === 0 ? names : wishes.map(({ service }) => service)
        const scales = await readScales(cluster, shown)
        const changes = changesOf(cluster, wishes, scales, options.auto)
        await makeAll(changes, options.dryRun)
        if (options.wait && !options.dryRun) {
          for (const { service, replicas } of wishes)
            if (replicas !== null) await waitForMembers(cluster, target, service, replicas, globals.timeout)
        }
        const after = changes.length === 0 || options.dryRun ? scales : await readScales(cluster, shown)
        await show(globals, target, after)
      })
    })

const wishOf = (word: string, force: boolean): Wish => {
  const [service = '', number, ...more] = word.split('=')
  if (!names.includes(service)) {
    const near = nearest(service, names)
    throw new Failure('usage', `There is no service ${service}`, {
      next: near ? `Did you mean ${near}?` : 'dfctl scale --help lists every service.',
    })
  }
  if (number === undefined) return { service, replicas: null }
  const replicas = /^\d+$/.test(number) && more.length === 0 ? Number(number) : Number.NaN
  if (Number.isNaN(replicas) || replicas > most)
    throw new Failure('usage', `${word}: the number must be a whole one from 0 to ${most}`)
  if (replicas === 0 && !force) {
    throw new Failure('usage', `${word} would stop ${service} altogether`, {
      next: 'If that is meant: --force.',
    })
  }
  return { service, replicas }
}

const checkTogether = (wishes: readonly Wish[], { auto, wait }: Options): void => {
  const setting = wishes.filter(({ replicas }) => replicas !== null)
  const twice = wishes.find(({ service }, at) => wishes.findIndex((other) => other.service === service) !== at)
  if (twice) throw new Failure('usage', `${twice.service} is named twice`)
  if (auto && (setting.length > 0 || wishes.length === 0))
    throw new Failure('usage', '--auto goes with names of services alone', {
      next: 'For example: dfctl scale saga --auto.',
    })
  if (setting.length > 0 && setting.length < wishes.length)
    throw new Failure('usage', 'Some of the services have a number and others do not', {
      next: 'Show and set one after the other.',
    })
  if (wait && setting.length === 0) throw new Failure('usage', '--wait goes with SERVICE=N')
}

/** Every change is known, and none refused, before the first one is made. */
const changesOf = (cluster: Cluster, wishes: readonly Wish[], scales: readonly Scale[], auto: boolean): Change[] =>
  wishes.flatMap(({ service, replicas }) => {
    const scale = scales.find((one) => one.service === service)
    if (!scale || (replicas === null && !auto)) return []
    if (replicas !== null) return [pinTo(cluster, scale, replicas)]
    const change = unpin(cluster, scale)
    if (!change) say(`${service}: it is scaled by load already`)
    return change ? [change] : []
  })

const makeAll = async (changes: readonly Change[], dryRun: boolean): Promise<void> => {
  for (const { service, words, make } of changes) {
    if (!dryRun) await make()
    say(`${service}: ${dryRun ? 'would be done: ' : ''}${words}`)
  }
}

type Row = {
  service: string
  ready: number
  current: number
  wanted: number
  min: number | null
  max: number | null
  by: Scale['scaler']['by']
  pinned: number | null
  lag: number | null
}

const show = async ({ output }: Globals, target: Target, scales: readonly Scale[]): Promise<void> => {
  const lags = await readLags(await target.natsMonitors())
  print(output, {
    rows: scales.map((scale) => rowOf(scale, lags.get(scale.service) ?? null)),
    columns,
    name: ({ service }) => service,
  })
}

const rowOf = ({ service, ready, current, wanted, scaler }: Scale, lag: number | null): Row => ({
  service,
  ready,
  current,
  wanted,
  ...(scaler.by === 'hpa'
    ? scaler.bounds
    : scaler.by === 'fixed'
      ? { min: null, max: null }
      : { min: scaler.min, max: scaler.max }),
  by: scaler.by,
  pinned: 'pinned' in scaler ? scaler.pinned : null,
  lag,
})

const deciders: Record<Row['by'], string> = {
  fixed: 'nobody (fixed)',
  hpa: 'HPA',
  keda: 'KEDA',
  autoscaler: 'dfctl autoscale',
}
const numberText = (number: number | null) => (number === null ? '-' : String(number))

const columns: Column<Row>[] = [
  { title: 'service', value: ({ service }) => service },
  { title: 'ready', value: ({ ready, wanted }) => `${ready}/${wanted}` },
  { title: 'min', value: ({ min }) => numberText(min) },
  { title: 'max', value: ({ max }) => numberText(max) },
  {
    title: 'decided by',
    value: ({ by, pinned }) => (pinned === null ? deciders[by] : `dfctl scale, at ${pinned} (${deciders[by]})`),
  },
  { title: 'lag', value: ({ lag }) => numberText(lag) },
  { title: 'pods', value: ({ current }) => String(current), wide: true },
]

export default configure
