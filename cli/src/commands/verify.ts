// dfctl verify: whether money and stock are conserved, and the services agree about every order.
import type { Configure } from '../commands.ts'
import { exitCode } from '../failure.ts'
import type { Globals } from '../options.ts'
import { printOne } from '../output.ts'
import { withTarget } from '../target.ts'
import { color, progress } from '../terminal.ts'
import { moment } from '../time.ts'
import { type Verified, verify } from '../verify/verify.ts'

/** People get so many lines of one kind; the others are in the JSON. */
const shown = 20

const configure: Configure = (command) => {
  command
    .option('--since <moment>', 'look at the orders placed since: 2h, 3d or a time', '1d')
    .addHelpText(
      'after',
      `
Money: every wallet holds what the ledger says, and the ledger sums to zero. Stock: what came in is available or put aside. Orders: order,
saga, payment, stock, delivery and lists agree about each that is final, its timeline has a line for each event in the history, and one that
is not final waits for something with a deadline. It only reads. Exit code 3 when something does not hold.

Examples:
  dfctl verify
  dfctl verify --since 30d -o json | jq '.orders.wrong[]'`,
    )
    .action(async ({ since }: { since: string }, self) => {
      const globals = self.optsWithGlobals() as Globals
      const from = moment(since)
      const step = progress('Verifying')
      const verified = await withTarget(globals, (target) =>
        verify(target, from, (orders) => step.update(`${orders} orders`)),
      ).catch((error: unknown) => {
        step.fail()
        throw error
      })
      const whole = [verified.money, verified.stock, verified.orders].every(({ wrong }) => wrong.length === 0)
      if (whole) step.done()
      else step.fail()
      printOne(globals.output, verified, verifiedText)
      if (!whole) process.exitCode = exitCode.unhealthy
    })
}

const verifiedText = ({ money, stock, orders }: Verified): string =>
  [
    part(`money: ${number(money.wallets)} wallets, ${number(money.entries)} entries of the ledger`, money.wrong),
    part(`stock: ${number(stock.products)} products`, stock.wrong),
    part(
      `orders: ${number(orders.looked_at)} since ${orders.since}`,
      orders.wrong.map(({ order_id, what, next }) => `${order_id}: ${what}\n      do: ${next}`),
    ),
  ].join('\n')

const number = (n: number) => n.toLocaleString('en')

const part = (title: string, wrong: readonly string[]): string =>
  wrong.length === 0
    ? `${color.green('✔')} ${title}`
    : [
        `${color.red('✘')} ${title}`,
        ...wrong.slice(0, shown).map((line) => `    ${line}`),
        ...(wrong.length > shown ? [`    and ${number(wrong.length - shown)} more: -o json`] : []),
      ].join('\n')

export default configure
