// dfctl order: list orders, and explain one.
import { orderStatus } from '@deliveryflow/contracts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { openCalls } from '../calls.ts'
import type { Configure } from '../commands.ts'
import { Failure } from '../failure.ts'
import { type Globals, option } from '../options.ts'
import { type Acting, cancel, compensate, retry } from '../order/act.ts'
import { findOrder, findUser, userId } from '../order/find.ts'
import { type Listed, type ListFilter, ordersOf } from '../order/list.ts'
import { traceText } from '../order/render.ts'
import { traceOrder } from '../order/trace.ts'
import { type Column, print, printOne } from '../output.ts'
import { withTarget } from '../target.ts'
import { moment, span } from '../time.ts'
import { moneyText } from '../values.ts'

const mostListed = 1000

const count = (text: string): number => {
  const number = Number(text)
  if (Number.isInteger(number) && number >= 1 && number <= mostListed) return number
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${mostListed}.`)
}

type ListOptions = {
  status?: NonNullable<ListFilter['status']>
  user?: string
  email?: string
  since?: string
  limit: number
  stuck: boolean
}

const configure: Configure = (command) => {
  command
    .command('list')
    .description('the newest orders, each with what it waits for')
    .addOption(new Option('--status <status>', 'only those that stand here').choices(orderStatus.options))
    .addOption(new Option('--user <id>', "only this user's").argParser(userId))
    .option('--email <address>', 'only those of the user with this address')
    .option('--since <moment>', 'only those placed since: 10m, 2h, 3d or a time')
    .addOption(option('--limit <count>', 'how many at most').argParser(count).default(20))
    .option('--stuck', 'only those past the deadline of their step, the longest overdue first', false)
    .addHelpText(
      'after',
      '\nExamples:\n  dfctl order list --stuck\n  dfctl order list --email ada@example.com --since 2h',
    )
    .action(async (options: ListOptions, self) => {
      const globals = self.optsWithGlobals() as Globals
      if (options.user !== undefined && options.email !== undefined)
        throw new Failure('usage', '--user and --email both name the user', { next: 'Leave one of them out.' })
      const since = options.since === undefined ? {} : { since: moment(options.since) }
      await withTarget(globals, async (target) => {
        const user_id = options.email === undefined ? options.user : await findUser(target, options.email)
        const rows = await ordersOf(target, {
          ...(options.status === undefined ? {} : { status: options.status }),
          ...(user_id === undefined ? {} : { user_id }),
          ...since,
          limit: options.limit,
          stuck: options.stuck,
        })
        print(globals.output, {
          rows,
          columns,
          name: ({ order_id }) => order_id,
          empty: options.stuck ? 'No order is stuck.' : 'No order matches.',
        })
      })
    })

  command
    .command('trace')
    .description('everything that happened to an order, and what it waits for')
    .argument('<id>', 'the id of the order, or enough of its beginning')
    .addHelpText(
      'after',
      '\nExample:\n  dfctl order trace 01a1fe55-b59e -o wide     with ids, causes and places in the history',
    )
    .action(async (word: string, _: unknown, self) => {
      const globals = self.optsWithGlobals() as Globals
      await withTarget(globals, async (target) => {
        const order_id = await findOrder(target, word)
        const trace = await traceOrder(target, order_id)
        printOne(globals.output, trace, () =>
          globals.output === 'name' ? order_id : traceText(trace, order_id, globals.output === 'wide'),
        )
      })
    })

  addActions(command)
}

/** Adds what all that change an order have in common: the order, and why. */
const addAction = (command: Command, name: string): Command =>
  command
    .command(name)
    .argument('<id>', 'the id of the order, or enough of its beginning')
    .requiredOption('--reason <text>', 'why: it is kept in the history')

/** Does something to the order that is meant, and prints what came of it. */
const actOn =
  (act: (acting: Acting, order_id: string) => Promise<object & { text: string }>) =>
  async (word: string, { reason }: { reason: string }, self: Command) => {
    const globals = self.optsWithGlobals() as Globals
    await withTarget(globals, async (target) => {
      const ask = await openCalls(target, 60_000)
      const order_id = await findOrder(target, word)
      const { text, ...result } = await act({ target, ask, reason }, order_id)
      printOne(globals.output, { order_id, ...result }, () => (globals.output === 'name' ? order_id : text))
    })
  }

const addActions = (command: Command): void => {
  addAction(command, 'retry')
    .description('give a service what it never handled of an order: nothing happens twice')
    .action(
      actOn(async (acting, order_id) => {
        const handed_over = await retry(acting, order_id)
        const lines = handed_over.map(
          ({ service, subject, error }) => `  ${service} ${subject}${error ? `: ${error}` : ''}`,
        )
        const text =
          lines.length === 0 ? 'Everything that was said of it was handled.' : `Handed over:\n${lines.join('\n')}`
        return { handed_over, text }
      }),
    )
  addAction(command, 'cancel')
    .description('cancel an order as its customer could: until the parcel is on its way')
    .action(
      actOn(async (acting, order_id) => {
        const { status } = await cancel(acting, order_id)
        return { status, text: `The order is ${status}; dfctl order trace ${order_id} shows how it goes on.` }
      }),
    )
  addAction(command, 'compensate')
    .description('take the step that an order waits for as failed, and undo the others; until it is delivered')
    .action(
      actOn(async (acting, order_id) => {
        const { status, step } = await compensate(acting, order_id)
        return {
          status,
          step,
          text: `Its saga is ${status}${step ? ` at ${step}` : ''}; dfctl order trace ${order_id} shows how it goes on.`,
        }
      }),
    )
}

const columns: Column<Listed>[] = [
  { title: 'order', value: ({ order_id }) => order_id },
  { title: 'status', value: ({ status, reason }) => (reason ? `${status} (${reason})` : status) },
  { title: 'total', value: ({ total }) => moneyText(total) },
  { title: 'age', value: ({ created_at }) => span(Date.now() - Date.parse(created_at)) },
  {
    title: 'waits for',
    value: ({ waiting }) => (waiting ? [waiting.step, waiting.service].filter(Boolean).join(' by ') : ''),
  },
  { title: 'deadline', value: ({ waiting }) => deadlineText(waiting) },
  { title: 'user', value: ({ user_id }) => user_id, wide: true },
  {
    title: 'items',
    value: ({ items }) => items.map(({ quantity, name }) => `${quantity} × ${name}`).join(', '),
    wide: true,
  },
  { title: 'placed', value: ({ created_at }) => created_at, wide: true },
]

const deadlineText = (waiting: Listed['waiting']): string => {
  if (!waiting?.deadline) return ''
  const left = Date.parse(waiting.deadline) - Date.now()
  return left < 0 ? `overdue by ${span(left)}` : `in ${span(left)}`
}

export default configure
