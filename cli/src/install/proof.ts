// The proof that an installation works: an order of dfctl's own customer, placed through the gateway and followed to PAID.
import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { OrderView, Product } from '@deliveryflow/contracts'
import { ask, type Cluster } from '../cluster/client.ts'
import { Failure, reasonOf } from '../failure.ts'
import { trace } from '../terminal.ts'
import { codeOf, madeByDfctl } from './namespace.ts'

/** What was proved. `paid_ms`: from the request until the order was paid. */
export type Proof = { order_id: string; email: string; paid_ms: number }

const secretName = 'dfctl-proof'
const productName = 'dfctl proof'
/** Minor units. */
const price = 100
const funds = 100_000
const stock = 1000

export type Credentials = { email: string; password: string }

/** Where an order is placed, and by whom. `gateway`: base URL without a slash at its end. `admin` offers the product, `customer` orders it. */
export type Shop = { gateway: string; admin: Credentials; customer: Credentials }
type OfferedProduct = Product & { stock: number | null }
type Call = { body?: unknown; token?: string; headers?: Record<string, string> }

/** Calls one operation of the API and returns the body. Throws a Failure with the problem that it answers. */
type Api = <T>(method: string, path: string, call?: Call) => Promise<T>

/**
 * Places an order and follows it to PAID. The customer is registered the first time; the product is named "dfctl proof" and made when
 * there is none. `step` hears what it does. Throws a Failure that says which call was refused or what the order is instead.
 */
export const proveOrder = async (
  { gateway, admin, customer }: Shop,
  { signal, step }: { signal: AbortSignal; step(text: string): void },
): Promise<Proof> => {
  step('reaching the gateway')
  const api = patient(apiAt(gateway, signal), signal)
  const adminToken = await signIn(api, admin)
  step('the customer')
  const token = await registered(api, customer)
  const currency = await funded(api, token, signal)
  step('the product')
  const product_id = await product(api, adminToken, currency)
  step('the order')
  const body = { delivery_address: 'dfctl proof', items: [{ product_id, quantity: 1 }] }
  const began = performance.now()
  // The key makes it safe to try again: of two attempts one order comes.
  const headers = { prefer: 'wait=30', 'idempotency-key': randomUUID() }
  const order = await api<OrderView>('POST', '/api/orders', { body, token, headers })
  const { order_id } = await paid(api, order, token, signal)
  return { order_id, email: customer.email, paid_ms: Math.round(performance.now() - began) }
}

const apiAt =
  (url: string, signal: AbortSignal): Api =>
  async <T>(method: string, path: string, { body, token, headers }: Call = {}) => {
    const answer = await fetch(`${url}${path}`, {
      method,
      signal: AbortSignal.any([signal, AbortSignal.timeout(40_000)]),
      headers: {
        ...headers,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (answer.ok) return JSON.parse(text) as T
    throw new Refused(method, path, answer.status, text)
  }

/** What the API refused, with its status for those who can go on without. */
class Refused extends Failure {
  readonly status: number

  constructor(method: string, path: string, status: number, text: string) {
    super('unhealthy', `${method} ${path} answered ${status}`, { why: detailOf(text), next: 'See dfctl check.' })
    this.status = status
  }
}

const detailOf = (text: string): string => {
  try {
    const { title, detail } = JSON.parse(text) as { title?: string; detail?: string }
    return [title, detail].filter(Boolean).join(': ')
  } catch {
    return text.slice(0, 200)
  }
}

/** Services find each other within moments of their start: until then calls are tried again, for half a minute. */
const patient = (api: Api, signal: AbortSignal): Api => {
  const deadline = Date.now() + 30_000
  return async (...call) => {
    for (;;) {
      try {
        return await api(...call)
      } catch (error) {
        const final = error instanceof Refused && error.status < 500 && error.status !== 429
        if (final || signal.aborted || Date.now() > deadline) throw error
        trace(`${call[0]} ${call[1]}: ${reasonOf(error)}; once more`)
        await sleep(300)
      }
    }
  }
}

const signIn = async (api: Api, credentials: Credentials): Promise<string> =>
  (await api<{ access_token: string }>('POST', '/api/auth/login', { body: credentials })).access_token

/** Of a customer that nobody was before. */
export const newCustomer = (): Credentials => ({
  email: `dfctl-proof-${randomBytes(4).toString('hex')}@deliveryflow.example`,
  password: randomBytes(24).toString('base64url'),
})

/** The same customer of an installation at each time: his credentials are in the Secret dfctl-proof, which is made when there is none. */
export const keptCustomer = async ({ core, namespace }: Cluster): Promise<Credentials> => {
  const made = newCustomer()
  const kept = await ask(`read secret ${secretName}`, core.readNamespacedSecret({ name: secretName, namespace }))
  const text = (key: string) => Buffer.from(kept?.data?.[key] ?? '', 'base64').toString('utf8')
  if (kept?.data?.email && kept.data.password) return { email: text('email'), password: text('password') }
  const metadata = { name: secretName, labels: { ...madeByDfctl, 'app.kubernetes.io/name': 'dfctl' } }
  try {
    await ask('create secrets', core.createNamespacedSecret({ namespace, body: { metadata, stringData: made } }))
    return made
  } catch (error) {
    if (codeOf(error) !== 409) throw error
    throw new Failure('refused', `Secret ${secretName} holds no email and password`, {
      next: `Delete it, so that it is made anew: kubectl delete secret ${secretName} -n ${namespace}`,
    })
  }
}

/** Signs the customer in, after registering him the first time. */
const registered = async (api: Api, credentials: Credentials): Promise<string> => {
  try {
    await api('POST', '/api/auth/register', { body: { ...credentials, name: 'dfctl proof' } })
  } catch (error) {
    if (!(error instanceof Refused && error.status === 409)) throw error
  }
  return signIn(api, credentials)
}

/** Sees that the wallet holds enough; its currency. The wallet of a new customer opens a moment after he registered. */
const funded = async (api: Api, token: string, signal: AbortSignal): Promise<string> => {
  const deadline = Date.now() + 30_000
  for (;;) {
    try {
      const { balance, currency } = await api<{ balance: number; currency: string }>('GET', '/api/accounts/balance', {
        token,
      })
      if (balance < price) await api('POST', '/api/accounts/deposit', { token, body: { amount: funds, currency } })
      return currency
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404) || signal.aborted || Date.now() > deadline) throw error
      await sleep(100)
    }
  }
}

/** The product of this name in this currency, made and stocked where that is missing. */
const product = async (api: Api, token: string, currency: string): Promise<string> => {
  const { items } = await api<{ items: OfferedProduct[] }>('GET', `/api/products?q=${encodeURIComponent(productName)}`)
  const found = items.find(({ name, price: { currency: of } }) => name === productName && of === currency)
  const body = {
    name: productName,
    description: 'Ordered by dfctl to see that orders get paid.',
    price: { amount: price, currency },
  }
  const { product_id } = found ?? (await api<Product>('POST', '/api/products', { token, body }))
  if (!found?.stock) await api('PUT', `/api/products/${product_id}/stock`, { token, body: { quantity: stock } })
  return product_id
}

const final = new Set(['PAID', 'IN_DELIVERY', 'COMPLETED'])

/** Follows the order until it is paid. */
const paid = async (api: Api, order: OrderView, token: string, signal: AbortSignal): Promise<OrderView> => {
  const deadline = Date.now() + 30_000
  for (let seen = order; ; seen = await api<OrderView>('GET', `/api/orders/${order.order_id}`, { token })) {
    if (final.has(seen.status)) return seen
    if (seen.status === 'CANCELLED' || signal.aborted || Date.now() > deadline) {
      throw new Failure('unhealthy', `The order is ${seen.status} instead of PAID`, {
        why: seen.reason ?? 'a service on its way does not go on',
        next: `See what it waits for: dfctl order trace ${order.order_id}`,
      })
    }
    await sleep(200)
  }
}
