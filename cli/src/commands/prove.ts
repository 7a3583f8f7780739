// dfctl prove: the proof that ends a deploy, at any time and through any gateway.
import { Option } from 'commander'
import type { Configure } from '../commands.ts'
import { Failure } from '../failure.ts'
import { type Credentials, keptCustomer, newCustomer, proveOrder, type Shop } from '../install/proof.ts'
import { interrupted } from '../interrupt.ts'
import { type Globals, option } from '../options.ts'
import { printOne } from '../output.ts'
import { withTarget } from '../target.ts'
import { progress } from '../terminal.ts'

type Options = Globals & { gateway?: string; adminEmail?: string; adminPassword?: string }

const configure: Configure = (command) =>
  command
    .addOption(option('--gateway <url>', 'through this gateway instead of a port-forward; asks no cluster'))
    .addOption(option('--admin-email <address>', 'with --gateway: the administrator who offers the product'))
    .addOption(new Option('--admin-password <word>', 'better as DFCTL_ADMIN_PASSWORD').env('DFCTL_ADMIN_PASSWORD'))
    .addHelpText(
      'after',
      `
Everything on the way of an order has to work for it. Exit code 3 when it is not paid. Suits a CronJob or a check from outside:
the product is named "dfctl proof" and used again, and so is the customer where there is a cluster to keep him in.

Examples:
  dfctl prove
  dfctl prove --gateway https://shop.example --admin-email admin@deliveryflow.example   with DFCTL_ADMIN_PASSWORD`,
    )
    .action(async (_: unknown, self) => {
      const options = self.optsWithGlobals() as Options
      const shown = progress('an order')
      const run = (shop: Shop) => proveOrder(shop, { signal: interrupted(), step: shown.update })
      try {
        const proof = options.gateway === undefined ? await throughTarget(options, run) : await run(outside(options))
        shown.done('an order was placed')
        printOne(options.output, proof, ({ order_id, paid_ms }) => `Order ${order_id} was paid in ${paid_ms} ms.`)
      } catch (error) {
        shown.fail()
        throw error
      }
    })

const throughTarget = <T>(globals: Globals, run: (shop: Shop) => Promise<T>): Promise<T> =>
  withTarget(globals, async (target) => {
    const customer = target.kind === 'local' ? newCustomer() : await keptCustomer(await openedCluster(globals))
    return run({ gateway: await target.http(), admin: await target.admin(), customer })
  })

const openedCluster = async (globals: Globals) => (await import('../cluster/client.ts')).openKubernetes(globals)

const outside = ({ gateway = '', adminEmail, adminPassword }: Options): Shop => {
  if (!/^https?:\/\/[^/]+/.test(gateway))
    throw new Failure('usage', `${gateway} is no address of a gateway`, { next: 'Write it like https://shop.example.' })
  if (!adminEmail || !adminPassword)
    throw new Failure('usage', 'The administrator is missing', {
      why: 'a product has to be offered before it can be ordered',
      next: 'Set DFCTL_ADMIN_EMAIL and DFCTL_ADMIN_PASSWORD.',
    })
  const admin: Credentials = { email: adminEmail, password: adminPassword }
  return { gateway: gateway.replace(/\/+$/, ''), admin, customer: newCustomer() }
}

export default configure
