// The installation under test as seen from outside: its API by a NodePort, what lies behind by port-forwards.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Client, orderOf, signIn } from '../client.ts'
import type { TestSystem } from '../system.ts'
import { portForward, secret } from './command.ts'

/** Where the gateway is reached without a port-forward, which would end with its pod. */
export const gatewayPort = 30180
export const gateway = `http://127.0.0.1:${gatewayPort}`

const databases = ['payment', 'inventory', 'order', 'saga', 'delivery', 'notification', 'order-history', 'audit']

/** Opens what the invariants look at; `close` ends the port-forwards. PostgreSQL must be up. */
export const behind = async (): Promise<{ system: TestSystem; close(): void }> => {
  const [postgres, mail] = await Promise.all([portForward('service/postgres', 5432), portForward('service/mail', 8025)])
  const urls = await Promise.all(
    databases.map(async (name) => {
      const url = new URL(await secret(`postgres-${name}`, 'uri'))
      url.hostname = '127.0.0.1'
      url.port = String(postgres.port)
      return [name, url.href] as const
    }),
  )
  return {
    system: {
      url: gateway,
      admin: await administrator(),
      mail_page_url: `http://127.0.0.1:${mail.port}`,
      nats: { servers: [], user: '', pass: '' },
      databases: Object.fromEntries(urls),
    },
    close: () => {
      postgres.stop()
      mail.stop()
    },
  }
}

const administrator = async () => ({
  email: await secret('deliveryflow-identity', 'admin-email'),
  password: await secret('deliveryflow-identity', 'admin-password'),
})

/** Signs the administrator in. */
export const admin = async (): Promise<Client> => {
  const { email, password } = await administrator()
  return signIn(gateway, email, password)
}

/** A steady load of orders: what was accepted, and every answer or error that a customer would complain about. */
export type Load = { stop(): Promise<{ accepted: string[]; complaints: string[] }> }

/** Places `rate` orders a second of one product until it is stopped; an order that is not answered 201 is a complaint. */
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
  const running = (async () => {
    for (let n = 0; !stopped; n++) {
      const client = customers[n % customers.length]
      if (client) {
        const order = place(client).finally(() => underWay.delete(order))
        underWay.add(order)
      }
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
