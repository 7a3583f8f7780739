// Who orders and what: products with plenty of stock, customers with plenty of money, couriers. Made through the API.
import type { System } from '@deliveryflow/local/system'
import { customer, password, product, signIn } from '../tests/client.ts'

export type Population = { products: string[]; tokens: string[] }

export type PopulationSize = { products: number; customers: number; couriers: number }

const plenty = 1_000_000_000

/** Makes them. Throws what the API answers when it refuses. */
export const populate = async ({ url, admin }: System, size: PopulationSize): Promise<Population> => {
  const administrator = await signIn(url, admin.email, admin.password)
  const products = await inTurns(size.products, () => product(administrator, { stock: plenty }))
  await inTurns(size.couriers, async (index) => {
    const courier = { email: `courier-${index}@example.com`, password, name: 'Courier', role: 'courier' }
    const { status, body } = await administrator.post('/api/users', courier)
    if (status !== 201) throw new Error(`a courier could not be made: ${status} ${JSON.stringify(body)}`)
  })
  const customers = await inTurns(size.customers, () => customer(url, { funds: plenty }))
  return { products, tokens: customers.map(({ token }) => token) }
}

/** Four at a time: hashing passwords would otherwise hold up all else. */
const inTurns = async <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> => {
  const made: T[] = []
  for (let next = 0; next < count; next += 4) {
    const some = Array.from({ length: Math.min(4, count - next) }, (_, index) => make(next + index))
    made.push(...(await Promise.all(some)))
  }
  return made
}
