// dfctl audit replay: the history once more, into a read model that is built anew, or selected records to somewhere else. Nothing that
// reaches the world outside hears it.
import { endReplay, isProjection, listReplays, type Replay, topology } from '@deliveryflow/contracts'
import { type Command, Option } from 'commander'
import { speed } from '../audit/pace.ts'
import { amountsText } from '../audit/plan.ts'
import { follow, type Plan, planOf, rebuild } from '../audit/projection.ts'
import { planSend, type SendPlan, send } from '../audit/replay.ts'
import { replayOf, reportOf, reportText } from '../audit/report.ts'
import { resume } from '../audit/resume.ts'
import { addSelection, readSelection, type SelectionOptions } from '../audit/selection.ts'
import { destinationOf } from '../audit/send.ts'
import { granted, openCalls } from '../calls.ts'
import { withDatabase } from '../database.ts'
import { Failure } from '../failure.ts'
import { duration, type Globals, wholeNumber } from '../options.ts'
import { type Column, print, printOne } from '../output.ts'
import { withTarget } from '../target.ts'
import { color } from '../terminal.ts'
import { span } from '../time.ts'
import { number } from '../values.ts'

type Options = SelectionOptions & {
  to?: string
  reason?: string
  speed: number
  maxGap?: number
  rate?: number
  dryRun?: true
}

const projections = Object.keys(topology).filter(isProjection).join(', ')

/** Adds the command with those that look after what it began. */
export const addReplay = (audit: Command): void => {
  const command = addSelection(audit.command('replay'))
    .description('send the history again: to a read model that is built anew, or selected records somewhere else')
    .option('--to <target>', 'projection=NAME, subject=replay.NAME, stream=NAME, file=PATH or stdout')
    .option('--reason <text>', 'why: it is kept in the history; not needed for a file and stdout')
    .addOption(
      new Option('--speed <speed>', 'original, or so many times faster: 10x')
        .argParser(speed)
        .default(Number.POSITIVE_INFINITY, 'instant'),
    )
    .option('--max-gap <duration>', 'cut longer pauses to this', duration)
    .option('--rate <count>', 'at most this many records a second', wholeNumber)
    .option('--dry-run', 'only say what it would do')
    .addHelpText(
      'after',
      `
A projection is built anew from all of the history, beside the read model that serves, and swapped in when it has caught up; the old one is
kept until finalize. NAME is one of ${projections}. Records travel under replay.<job>.<projection>, which only projections may hear; a handler that moves money, stock or
letters is never given one; the report at its end proves it (see dfctl audit replay report --help). audit does the work: it goes on when this
command is ended, and when audit or the projection is killed.

To a subject each record goes as replay.NAME.<type>, marked with df-replay; a stream is made for them; a file holds a JSON document on
each line (.gz packs it). What happens after the beginning is no part of it.

Examples:
  dfctl audit replay --to projection=order-history --dry-run
  dfctl audit replay --to projection=order-history --reason "totals were shown wrong before 1.4"
  dfctl audit replay --to stdout --order 01a1fe55-b59e --speed 10x
  dfctl audit replay --to stream=failed --type payment_failed --since 7d --reason "to try the new rules"
  dfctl audit replay finalize 01a1fe55-b59e-7c10-9b1e-6f0d5a2c4e01`,
    )
    .action(async (options: Options, self) => {
      const { output, timeout, ...globals } = self.optsWithGlobals() as Globals
      const projection = /^projection=(.+)$/.exec(options.to ?? '')?.[1]
      if (projection === undefined) return sendTo({ output, timeout, ...globals }, options)
      if (hasSelection(options))
        throw new Failure('usage', 'A projection is built from all of the history', {
          next: 'Leave the selection out.',
        })
      if (!options.dryRun && !options.reason)
        throw new Failure('usage', 'A replay needs a reason', { next: 'Say it with --reason; --dry-run needs none.' })
      await withTarget({ output, timeout, ...globals }, async (target) => {
        const ask = await openCalls(target, 60_000)
        if (options.dryRun) return printOne(output, await planOf(ask, projection), planText)
        const report = await rebuild(target, ask, {
          projection,
          reason: options.reason ?? '',
          rate: options.rate,
          timeout,
        })
        printOne(output, report, reportText)
      })
    })

  command
    .command('list')
    .description('the replays there were, newest first')
    .action(async (_: unknown, self) => {
      const globals = self.optsWithGlobals() as Globals
      await withTarget(globals, async (target) => {
        const { items } = granted(listReplays, await (await openCalls(target))(listReplays, { limit: 100 }))
        print(globals.output, { rows: items, columns, name: ({ job }) => job, empty: 'There was no replay.' })
      })
    })

  command
    .command('status')
    .description('how far a replay is')
    .argument('<job>')
    .option('--wait', 'until it has ended')
    .action(async (job: string, options: { wait?: true }, self) => {
      const globals = self.optsWithGlobals() as Globals
      await withTarget(globals, async (target) => {
        const ask = await openCalls(target)
        const replay = options.wait ? await follow(ask, job, Date.now() + globals.timeout) : await replayOf(ask, job)
        print(globals.output, { rows: [replay], columns, name: () => replay.job, data: replay })
      })
    })

  command
    .command('resume')
    .description('go on with a replay that broke off: into a stream, or follow one into a read model')
    .argument('<job>')
    .addHelpText(
      'after',
      `
Into a read model a replay goes on by itself, whatever is killed: it is followed until it is swapped in. Into a stream what has not arrived
there is sent, each record once. A file is written whole or not at all; what was published to a subject nobody knows.`,
    )
    .action(async (job: string, _: unknown, self) => {
      const globals = self.optsWithGlobals() as Globals
      await withTarget(globals, (target) =>
        withDatabase(target, 'audit', async (db) => {
          const ask = await openCalls(target)
          const resumed = await resume({ target, ask, db }, job, Date.now() + globals.timeout)
          printOne(globals.output, resumed, (it) =>
            'state' in it
              ? `The replay ${job} is ${it.state}.`
              : `${number(it.records)} records more of the replay ${job}`,
          )
        }),
      )
    })

  command
    .command('report')
    .description('how a replay into a read model went, and that the world outside was left alone')
    .argument('<job>')
    .addHelpText(
      'after',
      `
What was debited, refunded, reserved, written and ordered is counted from what services keep: in all before the replay began, and when it
was swapped in or given up (until now while it runs). Orders flow meanwhile, so the difference proves nothing. What does: whatever is done
is said together with the message that led to it, and an event that is replayed keeps its id. "late" counts what was said in between because of
an event that had happened a minute or more before the replay began, be it by the replay or because it was held up until then (by an outage,
a dead letter that was retried, a reconcile). 0 everywhere: the replay caused nothing. It can be told for 35 days.

Examples:
  dfctl audit replay report 01a1fe55-b59e-7c10-9b1e-6f0d5a2c4e01
  dfctl audit replay report 01a1fe55-b59e-7c10-9b1e-6f0d5a2c4e01 -o json | jq .effects.late`,
    )
    .action(async (job: string, _: unknown, self) => {
      const globals = self.optsWithGlobals() as Globals
      await withTarget(globals, async (target) =>
        printOne(globals.output, await reportOf(target, await openCalls(target), job), reportText),
      )
    })

  for (const [action, about] of [
    ['cancel', 'give up a replay that runs; the read model that serves is left as it is'],
    ['finalize', 'drop the read model that a replay took the place of'],
  ] as const)
    command
      .command(action)
      .description(about)
      .argument('<job>')
      .option('--reason <text>', 'why: it is kept in the history')
      .action(async (job: string, { reason }: { reason?: string }, self) => {
        const globals = self.optsWithGlobals() as Globals
        await withTarget(globals, async (target) => {
          const replay = granted(endReplay, await (await openCalls(target))(endReplay, { job, action, reason }))
          printOne(globals.output, replay, () => `The replay ${job} is ${replay.state}.`)
        })
      })
}

const hasSelection = ({ type, ...words }: Options): boolean =>
  type.length > 0 ||
  (['order', 'user', 'correlation', 'causation', 'aggregate', 'since', 'until', 'fromSeq', 'toSeq'] as const).some(
    (name) => words[name] !== undefined,
  )

const sendTo = async (globals: Globals, options: Options): Promise<void> => {
  if (!options.to)
    throw new Failure('usage', 'Where to?', {
      next: 'Write --to projection=NAME, subject=replay.NAME, stream=NAME, file=PATH or stdout.',
    })
  const destination = destinationOf(options.to)
  const pace = {
    factor: options.speed,
    max_gap_ms: options.maxGap ?? Number.POSITIVE_INFINITY,
    rate: options.rate ?? Number.POSITIVE_INFINITY,
  }
  await withTarget(globals, async (target) => {
    const selection = await readSelection(target, options)
    await withDatabase(target, 'audit', async (db) => {
      const plan = await planSend(db, selection)
      if (options.dryRun) return printOne(globals.output, plan, (it) => sendPlanText(it, options.to ?? ''))
      const ask = await openCalls(target)
      const sent = await send({ target, ask, db }, { destination, selection, pace, reason: options.reason }, plan)
      if (destination.kind !== 'stdout')
        printOne(globals.output, sent, () => `${number(sent.records)} records up to ${sent.last} to ${options.to}`)
    })
  })
}

const sendPlanText = (plan: SendPlan, to: string): string =>
  [
    `${color.bold(`A replay to ${to}`)}: ${amountsText(plan)}`,
    `  from ${plan.first} to ${plan.last}`,
    '  no handler runs: nobody of the system may hear it',
  ].join('\n')

const columns: Column<Replay>[] = [
  { title: 'job', value: ({ job }) => job },
  { title: 'projection', value: ({ projection }) => projection },
  { title: 'state', value: ({ state, error }) => (error ? `${state}, waits` : state) },
  { title: 'place', value: ({ position, upper }) => `${position} of ${upper || '?'}` },
  { title: 'records', value: ({ records, failed }) => (failed > 0 ? `${records} (${failed} failed)` : `${records}`) },
  { title: 'took', value: ({ started_at, updated_at }) => span(Date.parse(updated_at) - Date.parse(started_at)) },
  { title: 'reason', value: ({ reason }) => reason },
  { title: 'error', value: ({ error }) => error ?? '', wide: true },
  { title: 'started', value: ({ started_at }) => started_at, wide: true },
]

/** Measured by the benchmark; the plan says so with a word of doubt. */
const assumedRate = 20_000

const planText = ({ projection, first, last, suppressed, ...plan }: Plan): string =>
  [
    `${color.bold(`A replay into ${projection}`)}: ${amountsText({ ...plan, upto: plan.upper })}`,
    `  from ${first ?? 'nothing'} to ${last ?? 'nothing'}; about ${span((plan.records / assumedRate) * 1000)}`,
    `  runs:       ${projection}`,
    `  suppressed: ${suppressed.join(', ')}`,
  ].join('\n')
