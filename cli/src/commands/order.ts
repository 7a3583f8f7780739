// dfctl order: list orders, and explain one.
import { orderStatus } from '@deliveryflow/contracts'
import { InvalidArgumentError, Option } from 'commander'
import type { Configure } from '../commands.ts'
import { Failure } from '../failure.ts'
import { type Globals, option } from '../options.ts'
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
