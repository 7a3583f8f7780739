// A demo catalog with stock, couriers and a customer, made through the public API as an administrator would.
import { setTimeout as sleep } from 'node:timers/promises'

type Credentials = { email: string; password: string }

const rub = (amount: number) => ({ amount: amount * 100, currency: 'RUB' })

const products = [
  { name: 'Espresso beans, 1 kg', description: 'Dark roast, Brazil and Ethiopia.', price: rub(1890), stock: 500 },
  { name: 'Green tea, 250 g', description: 'Spring harvest, loose leaf.', price: rub(640), stock: 800 },
  { name: 'Wireless headphones', description: 'Closed back, 30 hours on one charge.', price: rub(7990), stock: 120 },
  { name: 'Mechanical keyboard', description: 'Hot-swappable switches, 75 %.', price: rub(9490), stock: 60 },
  { name: 'Desk lamp', description: 'Warm to cold light, dimmable.', price: rub(3250), stock: 200 },
  { name: 'Backpack, 22 l', description: 'Fits a 15-inch laptop.', price: rub(5490), stock: 150 },
  { name: 'Running socks, 3 pairs', description: 'Merino.', price: rub(1190), stock: 1000 },
  { name: 'Chess set', description: 'Beech and walnut; sold out at the moment.', price: rub(4500), stock: 0 },
]
const couriers = ['Anna', 'Boris', 'Chingiz']

/** The accounts that the demo data come with. Their password is the administrator's. */
export const demoAccounts = {
  customer: 'customer@deliveryflow.example',
  courier: (name: string) => `${name.toLowerCase()}@deliveryflow.example`,
}

/** Fills an empty system and leaves one with products alone. Returns how many products it made. Throws what the API answers. */
export const seed = async (url: string, admin: Credentials): Promise<number> => {
  const { access_token } = await post<{ access_token: string }>(`${url}/api/auth/login`, admin)
  const present = await get<{ items: unknown[] }>(`${url}/api/products?limit=1`)
  if (present.items.length > 0) return 0
  for (const name of couriers) {
    const courier = { email: demoAccounts.courier(name), password: admin.password, name, role: 'courier' }
    await post(`${url}/api/users`, courier, access_token, [409])
  }
  await post(
    `${url}/api/auth/register`,
    { email: demoAccounts.customer, password: admin.password, name: 'Vera' },
    undefined,
    [409],
  )
  for (const { stock, ...product } of products) {
    const { product_id } = await post<{ product_id: string }>(`${url}/api/products`, product, access_token)
    await send('PUT', `${url}/api/products/${product_id}/stock`, { quantity: stock }, access_token)
  }
  return products.length
}

const get = async <T>(url: string): Promise<T> => (await fetch(url)).json() as Promise<T>

const post = <T>(url: string, body: unknown, token?: string, accepted: number[] = []) =>
  send<T>('POST', url, body, token, accepted)

const send = async <T>(
  method: string,
  url: string,
  body: unknown,
  token?: string,
  accepted: number[] = [],
): Promise<T> => {
  const headers = { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) }
  for (let attempt = 1; ; attempt++) {
    const answer = await fetch(url, { method, headers, body: JSON.stringify(body) })
    // Services find each other within moments of the start; until then an answer may be "unavailable".
    if (answer.status === 503 && attempt < 20) await sleep(250)
    else if (answer.ok || accepted.includes(answer.status)) return answer.json() as Promise<T>
    else throw new Error(`${method} ${url} answered ${answer.status}: ${await answer.text()}`)
  }
}
