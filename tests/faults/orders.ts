// Running orders for the tests of faults: as many as the run asks for, and what must hold of them. What goes wrong is the tests'.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, type Client, customer, orderOf, password, product, signIn } from '../client.ts'
import { query } from '../harness.ts'
import { allFinal, chargedOnce, lettersOnce, moneyIsConserved, stockIsConserved } from '../invariants.ts'
import { seconds, orders as size } from '../size.ts'
import type { Ground } from './ground.ts'

/** Milliseconds until what was killed is there again, on a machine that has other things to do as well. */
const patience = 90_000

/** Orders until the API accepts, as a client with an Idempotency-Key may: a failed call is simply made again. */
export const insist = async (client: Client, thing: string): Promise<string> => {
  const headers = { 'idempotency-key': randomUUID() }
  const deadline = Date.now() + patience
  for (;;) {
    const answer = await client.post('/api/orders', orderOf(thing), headers).catch((error: unknown): Answer => {
      if (Date.now() > deadline) throw error
      return { status: 0, body: {}, headers: new Headers() }
    })
    if (answer.status === 201) return answer.body.order_id
    assert.ok(
      answer.status === 0 || answer.status >= 500,
      `an order was answered ${answer.status} ${JSON.stringify(answer.body)}`,
    )
    assert.ok(Date.now() < deadline, 'the API came back')
    await sleep(200)
  }
}

/** For how long a token is used; it holds for 15 minutes. */
const renewal = 10 * 60_000

/**
 * Places as many orders as the run asks for, by ten customers who order two at a time, and resolves to their ids. `thingOf`: what the
 * nth order is for, called when it is about to be placed.
 */
export const placeOrders = async ({ system }: Ground, thingOf: (n: number) => string): Promise<string[]> => {
  const customers: Client[] = []
  // One after the other: passwords hashed all at once hold up all else on a busy machine.
  while (customers.length < 10) customers.push(await customer(system.url, { funds: size * 100 }))
  const placed: string[] = []
  let next = 0
  const place = async (first: Client) => {
    let [client, signedIn] = [first, Date.now()]
    while (next < size) {
      if (Date.now() - signedIn > renewal) {
        client = await signIn(system.url, first.email, password)
        signedIn = Date.now()
      }
      placed.push(await insist(client, thingOf(next++)))
    }
  }
  await Promise.all([...customers, ...customers].map(place))
  return placed
}

/** Checks what must hold whatever happened to these orders, and resolves to how many of them were completed. */
export const allIsWell = async ({ system }: Ground, placed: readonly string[]): Promise<number> => {
  await allFinal(system, placed, seconds(90))
  await chargedOnce(system, placed)
  await moneyIsConserved(system)
  await stockIsConserved(system)
  await lettersOnce(system)
  const [sold] = await query<{ n: number }>(
    system.databases.order,
    `select count(*)::int as n from orders where order_id = any($1::uuid[]) and status = 'COMPLETED'`,
    [placed],
  )
  return sold?.n ?? 0
}

/** Places orders for more than there is, lets the fault happen after a third of them, and checks what must hold. */
export const survive = async (ground: Ground, fault: () => Promise<void>): Promise<void> => {
  const stock = Math.floor(size * 0.9)
  const thing = await product(ground.admin, { price: 100, stock })
  const failed = Promise.withResolvers<void>()
  const placed = await placeOrders(ground, (n) => {
    if (n === Math.floor(size / 3)) void fault().then(failed.resolve, failed.reject)
    return thing
  })
  await failed.promise
  const sold = await allIsWell(ground, placed)
  assert.ok(sold > 0 && sold <= stock, `never more sold than there was: ${sold}`)
}
