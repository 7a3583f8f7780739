// Whether the system did right while it was fast: no order lost, each paid exactly once, money and stock conserved.
import type { System } from '@deliveryflow/local/system'
import pg from 'pg'

/** What does not hold, in words; empty when all is well. `accepted`: how many orders were answered with 201. */
export const violations = async ({ backends }: Pick<System, 'backends'>, accepted: number): Promise<string[]> => {
  const found: string[] = []
  const expect = (holds: boolean, otherwise: string) => {
    if (!holds) found.push(otherwise)
  }
  const ask = async <Row extends pg.QueryResultRow>(service: string, text: string): Promise<Row[]> => {
    const client = new pg.Client(backends.postgres.url(service))
    await client.connect()
    try {
      return (await client.query<Row>(text)).rows
    } finally {
      await client.end()
    }
  }
  const one = async (service: string, text: string) =>
    Number((await ask<{ value: string }>(service, text))[0]?.value ?? Number.NaN)

  const orders = await ask<{ order_id: string; status: string; total_amount: string }>(
    'order',
    'select order_id, status, total_amount from orders',
  )
  expect(orders.length === accepted, `${accepted} orders were accepted, ${orders.length} are stored`)
  const open = orders.filter(({ status }) => ['PENDING', 'RESERVED'].includes(status))
  expect(open.length === 0, `${open.length} orders were never paid nor cancelled`)

  const movements = await ask<{ reference: string; kind: string; amount: string }>(
    'payment',
    `select reference, kind, amount from ledger where kind <> 'DEPOSIT'`,
  )
  const byOrder = Map.groupBy(movements, ({ reference }) => reference)
  const known = new Set(orders.map(({ order_id }) => order_id))
  expect(
    [...byOrder.keys()].every((id) => known.has(id)),
    'money moved for an order that does not exist',
  )
  const wrong = orders.filter(({ order_id, status, total_amount }) => {
    const moved = (byOrder.get(order_id) ?? []).map(({ kind, amount }) => `${kind} ${amount}`).join()
    const refunded = [`CAPTURE ${total_amount}`, `REFUND ${total_amount}`].join()
    return status === 'CANCELLED' ? moved !== '' && moved !== refunded : moved !== `CAPTURE ${total_amount}`
  })
  expect(wrong.length === 0, `${wrong.length} orders were not captured exactly once, such as ${wrong[0]?.order_id}`)

  const sum = await one('payment', 'select coalesce(sum(amount), 0) as value from ledger_entries')
  expect(sum === 0, `the ledger sums to ${sum}, not to zero`)
  const balances = await one(
    'payment',
    `select count(*) as value from (
       select from accounts a left join ledger_entries e on e.account = 'wallet:' || a.user_id
       group by a.user_id, a.balance having a.balance <> coalesce(sum(e.amount), 0)) as differing`,
  )
  expect(balances === 0, `${balances} balances differ from what the ledger says`)

  const stock = await one('inventory', 'select count(*) as value from stock_discrepancies')
  expect(stock === 0, `the stock of ${stock} products does not add up`)
  for (const [service, table] of [
    ['order-history', 'orders'],
    ['saga', 'sagas'],
  ] as const) {
    const count = await one(service, `select count(*) as value from ${table}`)
    expect(count === orders.length, `${service} knows ${count} of ${orders.length} orders`)
  }
  return found
}
