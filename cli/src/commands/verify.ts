// dfctl verify: whether money and stock are conserved, and the services agree about every order.
import type { Configure } from '../commands.ts'
import { exitCode } from '../failure.ts'
import type { Globals } from '../options.ts'
import { printOne } from '../output.ts'
import { withTarget } from '../target.ts'
import { during } from '../terminal.ts'
import { moment } from '../time.ts'
import { number } from '../values.ts'
import { disagreementText, partText } from '../verify/render.ts'
import { type Verified, verify } from '../verify/verify.ts'

const configure: Configure = (command) => {
  command
    .option('--since <moment>', 'look at the orders placed since: 2h, 3d or a time', '1d')
    .addHelpText(
      'after',
      `
Money: every wallet holds what the ledger says, and the ledger sums to zero. Stock: what came in is available or put aside. Orders: order,
saga, payment, stock, delivery and lists agree about each that is final, the lists show what its events in the history add up to, line by
line, and one that is not final waits for something with a deadline. Each disagreement is told with the command that helps; dfctl reconcile
runs them. It only reads. Exit code 3 when something does not hold.

Examples:
  dfctl verify
  dfctl verify --since 30d -o json | jq '.orders.wrong[]'`,
    )
    .action(async ({ since }: { since: string }, self) => {
      const globals = self.optsWithGlobals() as Globals
      const from = moment(since)
      const verified = await during('Verifying', async ({ update, fail }) => {
        const found = await withTarget(globals, (target) =>
          verify(target, from, (orders) => update(`${orders} orders`)),
        )
        if (!isWhole(found)) fail()
        return found
      })
      printOne(globals.output, verified, verifiedText)
      if (!isWhole(verified)) process.exitCode = exitCode.unhealthy
    })
}

const isWhole = ({ money, stock, orders }: Verified) => [money, stock, orders].every(({ wrong }) => wrong.length === 0)

const verifiedText = ({ money, stock, orders }: Verified): string =>
  [
    partText(`money: ${number(money.wallets)} wallets, ${number(money.entries)} entries of the ledger`, money.wrong),
    partText(`stock: ${number(stock.products)} products`, stock.wrong),
    partText(`orders: ${number(orders.looked_at)} since ${orders.since}`, orders.wrong.map(disagreementText)),
  ].join('\n')

export default configure
