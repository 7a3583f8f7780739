// The installation under test as seen from outside: its API by a NodePort, what lies behind by dfctl's tunnels.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { openCluster } from '../../cli/src/cluster/target.ts'
import { type Client, courier, customer, orderOf, product, signIn, until } from '../client.ts'
import { allFinal, chargedOnce, lettersOnce, moneyIsConserved, stockIsConserved } from '../invariants.ts'
import type { TestSystem } from '../system.ts'
import { namespace, secret, tryDfctl } from './command.ts'

/** Where the gateway is reached without a port-forward, which would end with its pod. */
export const gatewayPort = 30180
export const gateway = `http://127.0.0.1:${gatewayPort}`

/** What every installation under test is told: the gateway's port, no limits on calls, and couriers that hurry. */
export const settings = [
  ...['--set', 'gateway.service.type=NodePort', '--set', `gateway.service.nodePort=${gatewayPort}`],
  ...['--set', 'services.delivery.env.SIMULATOR_STEP_MS=300'],
  ...['--set', 'services.api-gateway.env.RATE_LIMIT_PER_MINUTE=1000000'],
  ...['--set', 'services.api-gateway.env.RATE_LIMIT_AUTH_PER_MINUTE=1000000'],
]

const databases = [
  'catalog',
  'payment',
  'inventory',
  'order',
  'saga',
  'delivery',
  'notification',
  'order-history',
  'audit',
]

/** Opens what the invariants look at, by dfctl's own tunnels: kubectl's end with the first connection that a server resets. */
export const behind = async (): Promise<{ system: TestSystem; mongodb(): Promise<string>; close(): Promise<void> }> => {
  const context = process.env.DFCTL_CONTEXT
  const target = openCluster({
    namespace,
    ...(context && { context }),
    output: 'json',
    timeout: 0,
    verbose: false,
    quiet: true,
  })
  const urls = databases.map(async (name) => [name, await target.database(name)] as const)
  return {
    system: {
      url: gateway,
      admin: await target.admin(),
      mail_page_url: await target.mail(),
      nats: { servers: [], user: '', pass: '' },
      databases: Object.fromEntries(await Promise.all(urls)),
    },
    mongodb: () => target.mongodb(),
    close: () => target.close(),
  }
}

/** Runs SQL in a service's database, behind its back. */
export const inDatabase = async (name: string, sql: string): Promise<Record<string, string>[]> => {
  const { system, close } = await behind()
  const client = new pg.Client({ connectionString: system.databases[name] })
  try {
    await client.connect()
    return (await client.query(sql)).rows
  } finally {
    await client.end()
    await close()
  }
}

/** Signs the administrator in. */
export const admin = async (): Promise<Client> => {
  const words = await Promise.all(['admin-email', 'admin-password'].map((key) => secret('deliveryflow-identity', key)))
  const [email = '', password = ''] = words
  return signIn(gateway, email, password)
}

/** A shop to order from: a product that never sells out, a courier, and customers with money. */
export const openShop = async (): Promise<{ thing: string; customers: Client[] }> => {
  const root = await admin()
  const thing = await product(root, { price: 100, stock: 1_000_000 })
  await courier(root)
  return {
    thing,
    customers: await Promise.all(Array.from({ length: 5 }, () => customer(gateway, { funds: 10_000_000 }))),
  }
}

/** Everything that must hold of these orders, looked at from behind. */
export const invariantsHold = async (orders: readonly string[]): Promise<void> => {
  const { system, close } = await behind()
  try {
    await allFinal(system, orders, 120)
    await chargedOnce(system, orders)
    await moneyIsConserved(system)
    await stockIsConserved(system)
    await lettersOnce(system)
  } finally {
    await close()
  }
}

/** Waits until `dfctl check` finds nothing wrong. */
export const healthy = (seconds = 120): Promise<unknown> =>
  until('dfctl check finds nothing wrong', async () => (await tryDfctl('check')).code === 0, seconds)

/** A steady load of orders: what was accepted, and every answer or error that a customer would complain about. */
export type Load = { stop(): Promise<{ accepted: string[]; complaints: string[] }> }

/**
 * Places `rate` orders a second of one product until it is stopped, and opens the pages with every fifth; an order that is not
 * answered 201 is a complaint, and so is a page that is not there.
 */
export const startLoad = (customers: readonly Client[], product_id: string, rate: number): Load => {
  const accepted: string[] = []
  const complaints: string[] = []
  const underWay = new Set<Promise<void>>()
  let stopped = false
  const place = async (client: Client) => {
    try {
      const answer = await client.post('/api/orders', orderOf(product_id), { 'idempotency-key': randomUUID() })
      if (answer.status === 201) accepted.push(answer.body.order_id)
      else complaints.push(`${answer.status} ${JSON.stringify(answer.body)}`)
    } catch (error) {
      const cause = error instanceof Error ? error.cause : undefined
      complaints.push(`${error} ${cause instanceof Error ? cause.message : ''}`)
    }
  }
  const visit = async () => {
    try {
      const answer = await fetch(gateway, { headers: { accept: 'text/html' } })
      await answer.body?.cancel()
      if (answer.status !== 200) complaints.push(`GET / ${answer.status}`)
    } catch (error) {
      complaints.push(`GET / ${error}`)
    }
  }
  const begin = (work: Promise<void>) => {
    const one = work.finally(() => underWay.delete(one))
    underWay.add(one)
  }
  const running = (async () => {
    for (let n = 0; !stopped; n++) {
      const client = customers[n % customers.length]
      if (client) begin(place(client))
      if (n % 5 === 0) begin(visit())
      await sleep(1000 / rate)
    }
  })()
  return {
    stop: async () => {
      stopped = true
      await running
      await Promise.all(underWay)
      return { accepted, complaints }
    },
  }
}
