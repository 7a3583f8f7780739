// dfctl logs: what all services write, in one order by time.
import { InvalidArgumentError, Option } from 'commander'
import { openKubernetes } from '../cluster/client.ts'
import { type Configure, nearest } from '../commands.ts'
import { deployments } from '../deployments.ts'
import { Failure, reasonOf } from '../failure.ts'
import { interrupted } from '../interrupt.ts'
import { folderOf } from '../local.ts'
import { followFiles, logFiles, openLog } from '../logs/files.ts'
import { byKey, keyOf, type Level, type LogLine, levels } from '../logs/line.ts'
import { merged, reordered } from '../logs/merge.ts'
import { isAbout, type Marks, marksOf } from '../logs/order.ts'
import { containersOf, followPods, idOf, logsSoFar } from '../logs/pods.ts'
import { lineJson, lineText } from '../logs/render.ts'
import { type Globals, isJson } from '../options.ts'
import { findOrder } from '../order/find.ts'
import { withTarget } from '../target.ts'
import { say } from '../terminal.ts'
import { moment } from '../time.ts'

const backing = ['nats', 'postgres', 'mongodb', 'redis', 'mail']
const known = [...deployments, ...backing]
const defaultTail = 100
/** How long lines wait for those written before them; kubelets pass them on at once. */
const reorderMs = 400

type Options = { follow: boolean; since?: string; tail?: number; order?: string; level?: Level; previous: boolean }

/** What is asked for, whichever place the logs are in. */
type Wish = { names: readonly string[]; since?: Date; tail?: number; wanted(line: LogLine): boolean; previous: boolean }

const lineCount = (text: string): number => {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 0) return number
  throw new InvalidArgumentError('It must be a whole number from 0.')
}

const configure: Configure = (command) =>
  command
    .argument('[service...]', 'whose logs; all without')
    .option('-f, --follow', 'go on with what is written, also by pods that come later, until Ctrl-C', false)
    .option('--since <moment>', 'lines written since: 10m, 2h, 3d or a time')
    .addOption(
      new Option(
        '--tail <lines>',
        `only the last lines of each pod (default: ${defaultTail}, or all with --since or --order)`,
      ).argParser(lineCount),
    )
    .option('--order <id>', 'only what is about this order: its id, its messages, its trace')
    .addOption(new Option('--level <level>', 'only lines of this level or above').choices(levels))
    .addOption(
      new Option('--previous', 'of the containers that ended before those that run').default(false).conflicts('follow'),
    )
    .addHelpText(
      'after',
      `
Services: ${known.join(', ')}
-o json prints the lines as they were written, one JSON document on each.

Examples:
  dfctl logs saga payment -f
  dfctl logs --level warn --since 1h
  dfctl logs --order 01a1fe55-b59e-70fe`,
    )
    .action(async (names: string[], options: Options, self) => {
      const globals = self.optsWithGlobals() as Globals
      if (globals.output === 'yaml' || globals.output === 'name')
        throw new Failure('usage', 'Logs are printed as table, wide or json')
      const marks = options.order === undefined ? null : await aboutOrder(globals, options.order)
      const since = options.since === undefined ? marks?.since : moment(options.since)
      const tail = options.tail ?? (since || marks ? undefined : defaultTail)
      const wish: Wish = {
        names,
        ...(since ? { since } : {}),
        ...(tail === undefined ? {} : { tail }),
        wanted: wantedBy(options.level, marks),
        previous: options.previous,
      }
      const write = (line: LogLine) => {
        if (!wish.wanted(line)) return
        process.stdout.write(`${isJson(globals.output) ? lineJson(line) : lineText(line, globals.output === 'wide')}\n`)
      }
      const stop = options.follow ? interrupted() : null
      if (globals.local === undefined) await clusterLogs(globals, wish, stop, write)
      else await localLogs(folderOf(globals), wish, stop, write)
    })

/** What the order is known by. Without an answer from the installation its id alone must do. */
const aboutOrder = (globals: Globals, word: string): Promise<Marks> =>
  withTarget(globals, async (target) => {
    const order_id = await findOrder(target, word)
    try {
      return await marksOf(target, order_id)
    } catch (error) {
      say(`The order's messages cannot be read (${reasonOf(error)}): only lines with its id are shown.`)
      return { words: [order_id], sequences: new Set<number>(), since: null }
    }
  })

const wantedBy = (level: Level | undefined, marks: Marks | null): Wish['wanted'] => {
  const least = level === undefined ? 0 : levels.indexOf(level)
  const about = marks === null ? () => true : isAbout(marks)
  return (line) => levels.indexOf(line.level) >= least && about(line)
}

/** Throws `usage` for a name that nobody could have, `not_found` for one that nobody has. */
const checkNames = (names: readonly string[], present: ReadonlySet<string>, where: string): void => {
  for (const name of names) {
    if (present.has(name)) continue
    const all = [...new Set([...known, ...present])]
    const near = nearest(name, all)
    if (all.includes(name))
      throw new Failure('not_found', `There are no logs of ${name} ${where}`, { next: 'See dfctl status.' })
    throw new Failure('usage', `There is no service ${name}`, {
      next: near ? `Did you mean ${near}?` : 'dfctl logs --help lists every service.',
    })
  }
}

const clusterLogs = async (
  globals: Globals,
  { names, wanted: _, ...options }: Wish,
  stop: AbortSignal | null,
  write: (line: LogLine) => void,
) => {
  const cluster = openKubernetes(globals)
  const all = await containersOf(cluster)
  const where = `in namespace ${cluster.namespace}`
  checkNames(names, new Set(all.map(({ service }) => service)), where)
  if (all.length === 0)
    throw new Failure('not_found', `There are no pods of DeliveryFlow ${where}`, {
      next: 'See dfctl status; another installation: --namespace.',
    })
  const isNamed = ({ service }: { service: string }) => names.length === 0 || names.includes(service)
  const containers = all.filter(isNamed)
  const last = new Map(containers.map((one) => [idOf(one), '']))
  const logs = logsSoFar(cluster, containers, options)
  for await (const line of merged(logs)) {
    last.set(idOf(line), line.key)
    write(line)
  }
  if (!stop) return
  const order = reordered(reorderMs, write)
  await followPods(cluster, isNamed, options, last, stop, order.push)
  order.end()
}

const localLogs = async (
  folder: string,
  { names, since, tail, previous }: Wish,
  stop: AbortSignal | null,
  write: (line: LogLine) => void,
) => {
  if (previous)
    throw new Failure('usage', 'A local run has no previous containers', {
      next: 'Leave out --previous: its logs hold all that was written.',
    })
  const logs = new Map((await logFiles(folder)).map((file) => [file, openLog(folder, file)]))
  const lines = (await Promise.all([...logs.values()].map((log) => log.next()))).flat().sort(byKey)
  // One process runs all services by default, so it is them that the names and the tail are about, not the files.
  checkNames(names, new Set(lines.map(({ service }) => service)), `in ${folder}`)
  const isNamed = ({ service }: LogLine) => names.length === 0 || names.includes(service)
  const from = since === undefined ? '' : keyOf(since.toISOString())
  const chosen = lines.filter((line) => isNamed(line) && line.key >= from)
  const left = new Map<string, number>()
  const ends = chosen.toReversed().filter(({ service, pod }) => {
    const id = `${service}/${pod}`
    const count = (left.get(id) ?? 0) + 1
    left.set(id, count)
    return tail === undefined || count <= tail
  })
  for (const line of ends.reverse()) write(line)
  if (!stop) return
  const order = reordered(reorderMs, write)
  await followFiles(folder, logs, stop, (line) => isNamed(line) && order.push(line))
  order.end()
}

export default configure
