// dfctl reconcile: after NATS lost something, the streams are refilled from what the services said; then orders whose services disagree are mended.
import { openCalls } from '../calls.ts'
import type { Configure } from '../commands.ts'
import { exitCode } from '../failure.ts'
import { type Globals, option } from '../options.ts'
import { printOne } from '../output.ts'
import { type Mended, mend, mendable } from '../reconcile/mend.ts'
import { type Reconciled, reconcile } from '../reconcile/reconcile.ts'
import { withTarget } from '../target.ts'
import { answerTo, canAsk, color, say } from '../terminal.ts'
import { moment } from '../time.ts'
import { number } from '../values.ts'
import type { Disagreement } from '../verify/orders.ts'
import { disagreementText, partText } from '../verify/render.ts'

type Options = { since: string; dryRun?: true; yes?: true; reason: string }

const configure: Configure = (command) => {
  command
    .option('--since <moment>', 'compare what was said, and look at the orders placed, since: 2h, 3d or a time', '1d')
    .option('--dry-run', 'only say what is missing, which orders disagree, and what would mend them')
    .addOption(option('-y, --yes', 'mend the orders without asking'))
    .option('--reason <text>', 'why it is done: it is kept in the history', 'dfctl reconcile')
    .addHelpText(
      'after',
      `
Every message that a service says is kept in its PostgreSQL for 35 days, and in review's MongoDB with the review. What is not in the
history is published again; what a service has never handled is given to it, and to nobody else. Streams and consumers that are gone
are made; the history goes on behind where it ended, and tells of places that were lost. Nothing is handled twice.

Then order, saga, payment, stock, delivery and lists are compared for each order, as by dfctl verify. What does not fit is told with why,
and with the repair: order retry where a service has not handled something, order compensate where a saga is overdue, audit replay where
the lists or the saga do not show what the history holds. What no repair is known for is told with where to look. Repairs are run after a question,
each noted in the history; then the orders are looked at once more. An order that is under way is left alone.

Exit code 3 when a service could not handle something, and when orders disagree that were not mended.

Examples:
  dfctl reconcile --dry-run
  dfctl reconcile --since 3h
  dfctl reconcile --yes --reason "the saga's database was restored from last night"`,
    )
    .action(async (options: Options, self) => {
      const { output, timeout, ...globals } = self.optsWithGlobals() as Globals
      const since = moment(options.since)
      const dry_run = options.dryRun === true
      const result = await withTarget({ output, timeout, ...globals }, async (target) => {
        const ask = await openCalls(target, 60_000)
        const found = await reconcile(target, ask, { since, dry_run, timeout, reason: options.reason })
        const ids = dry_run ? [] : mendable(found.orders.wrong)
        const agreed = ids.length > 0 && (options.yes === true || (await isAgreed(found.orders.wrong, ids.length)))
        return { ...found, mended: agreed ? await mend({ target, ask, reason: options.reason }, ids, timeout) : null }
      })
      printOne(output, result, (it) => resultText(it, options))
      if (!dry_run && (result.failed.length > 0 || wrongOf(result).length > 0)) process.exitCode = exitCode.unhealthy
    })
}

type Result = Reconciled & { mended: Mended | null }

/** What does not fit in the end. */
const wrongOf = ({ orders, mended }: Result): Disagreement[] => {
  const tried = new Set(mended && mendable(orders.wrong))
  return [...orders.wrong.filter(({ order_id }) => !tried.has(order_id)), ...(mended?.wrong ?? [])]
}

/** Asks somebody at a terminal; nobody there has agreed to nothing. */
const isAgreed = async (wrong: readonly Disagreement[], count: number): Promise<boolean> => {
  if (!canAsk()) return false
  say(partText('services disagree about orders', wrong.map(disagreementText)))
  return /^y(es)?$/i.test(await answerTo(`Mend ${count === 1 ? 'one order' : `${number(count)} orders`}? [y/N]`))
}

const resultText = (result: Result, { since, dryRun }: Options): string => {
  const { said, made, lost_places, published, handed_over, failed, orders, mended } = result
  const wrong = wrongOf(result)
  const left = mendable(wrong).length
  const lines = [
    ...made.map((name) => `${dryRun ? 'is missing' : 'made'}: ${name}`),
    ...(lost_places > 0
      ? [`lost with the stream: ${number(lost_places)} places of the history, each of which says so`]
      : []),
    ...Object.entries(published).map(
      ([subject, count]) => `${dryRun ? 'not in the history' : 'published again'}: ${count} ${subject}`,
    ),
    ...Object.entries(handed_over).map(
      ([service, count]) => `${dryRun ? 'not handled' : 'handed over'}: ${count} by ${service}`,
    ),
    ...failed.map(({ service, subject, id, error }) => color.red(`failed: ${service} ${subject} ${id}: ${error}`)),
    ...(mended?.well ?? []).map((order_id) => `mended: ${order_id}`),
    ...(mended?.refused ?? []).map(({ repair, why }) => color.red(`refused: ${repair}: ${why}`)),
    ...(mended?.replays ?? []).map((job) => `what was there before is kept until dfctl audit replay finalize ${job}`),
    ...(wrong.length > 0 ? [partText('services disagree about orders', wrong.map(disagreementText))] : []),
    ...(left > 0 ? [`Mend ${number(left)} of them: dfctl reconcile --since ${since} --yes`] : []),
  ]
  return lines.length > 0
    ? lines.join('\n')
    : `Nothing is missing of ${number(said)} messages, and the services agree about ${number(orders.looked_at)} orders.`
}

export default configure
