// The HTTP API as a test's customer sees it. It knows calls and answers, not what they should be.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'

/** An answer, whatever its status. The body is what the API sent; tests say what they expect of it. */
// biome-ignore lint/suspicious/noExplicitAny: a test reads answers as a client without types would.
export type Answer = { status: number; body: any; headers: Headers }

export type Client = {
  readonly user_id: string
  readonly email: string
  readonly token: string
  get(path: string): Promise<Answer>
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  put(path: string, body: unknown): Promise<Answer>
  patch(path: string, body: unknown): Promise<Answer>
}

/** One call. `token`: on whose behalf. */
export const call = async (
  url: string,
  method: string,
  path: string,
  options: { body?: unknown; token?: string; headers?: Record<string, string> } = {},
): Promise<Answer> => {
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
      ...options.headers,
    },
    ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
  })
  const text = await answer.text()
  const isJson = answer.headers.get('content-type')?.includes('json')
  return { status: answer.status, body: isJson ? JSON.parse(text) : text, headers: answer.headers }
}

/** Signs a known user in. */
export const signIn = async (url: string, email: string, password: string): Promise<Client> => {
  const { status, body } = await call(url, 'POST', '/api/auth/login', { body: { email, password } })
  if (status !== 200) throw new Error(`${email} could not sign in: ${status} ${JSON.stringify(body)}`)
  const token: string = body.access_token
  const user_id: string = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()).sub
  return {
    user_id,
    email,
    token,
    get: (path) => call(url, 'GET', path, { token }),
    post: (path, posted, headers = {}) => call(url, 'POST', path, { token, body: posted, headers }),
    put: (path, put) => call(url, 'PUT', path, { token, body: put }),
    patch: (path, patched) => call(url, 'PATCH', path, { token, body: patched }),
  }
}

export const password = 'correct horse battery staple'

/** A new customer with money in the wallet. */
export const customer = async (url: string, { funds = 0 }: { funds?: number } = {}): Promise<Client> => {
  const email = `c-${randomUUID()}@example.com`
  const registered = await call(url, 'POST', '/api/auth/register', { body: { email, password, name: 'Ann' } })
  if (registered.status !== 201)
    throw new Error(`registering answered ${registered.status}: ${JSON.stringify(registered.body)}`)
  const client = await signIn(url, email, password)
  await until('the account is open', async () => (await client.get('/api/accounts/balance')).status === 200)
  if (funds > 0) await client.post('/api/accounts/deposit', { amount: funds, currency: 'RUB' })
  return client
}

/** A new courier, made by an administrator: without one no parcel is carried. */
export const courier = async (admin: Client): Promise<void> => {
  const account = { email: `courier-${randomUUID()}@example.com`, password, name: 'Olga', role: 'courier' }
  const made = await admin.post('/api/users', account)
  if (made.status !== 201) throw new Error(`the courier could not be made: ${made.status}`)
}

/** A new product with stock, made by an administrator. */
export const product = async (admin: Client, { price = 1000, stock = 100 } = {}): Promise<string> => {
  const made = await admin.post('/api/products', {
    name: `Thing ${randomUUID()}`,
    price: { amount: price, currency: 'RUB' },
  })
  const stocked = await admin.put(`/api/products/${made.body.product_id}/stock`, { quantity: stock })
  if (stocked.status !== 200) throw new Error(`the product could not be made: ${made.status}, ${stocked.status}`)
  return made.body.product_id
}

/** What POST /api/orders takes. */
export const orderOf = (product_id: string, quantity = 1) => ({
  delivery_address: 'Tverskaya 1, Moscow',
  items: [{ product_id, quantity }],
})

/** Waits for something that is bound to happen; throws with `what` when it does not within `seconds`. */
export const until = async (
  what: string | (() => string),
  check: () => Promise<boolean>,
  seconds = 20,
): Promise<void> => {
  const deadline = Date.now() + seconds * 1000
  while (!(await check())) {
    if (Date.now() > deadline)
      throw new Error(`It did not happen within ${seconds} s: ${typeof what === 'string' ? what : what()}`)
    await sleep(50)
  }
}

/** Waits until the order has a delivery and returns it. */
export const deliveryOf = async (client: Client, order_id: string) => {
  let seen = await client.get(`/api/orders/${order_id}/delivery`)
  await until(`order ${order_id} has a delivery`, async () => {
    if (seen.status !== 200) seen = await client.get(`/api/orders/${order_id}/delivery`)
    return seen.status === 200
  })
  return seen.body
}

/** Waits until the order has the status and returns it. */
export const orderIs = async (client: Client, order_id: string, status: string, seconds?: number) => {
  let seen = await client.get(`/api/orders/${order_id}`)
  await until(
    `order ${order_id} is ${status} (last seen: ${JSON.stringify(seen.body)})`,
    async () => {
      seen = await client.get(`/api/orders/${order_id}`)
      return seen.body.status === status
    },
    seconds,
  )
  return seen.body
}
