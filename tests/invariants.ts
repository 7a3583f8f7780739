// What must hold whatever happened: money and stock conserved, every order final, one debit and one letter of a kind for each.
import assert from 'node:assert/strict'
import { until } from './client.ts'
import { query, type TestSystem } from './harness.ts'

const final = `status in ('COMPLETED', 'CANCELLED')`

/** Waits until each of these orders is final in the order service, the saga and the read model alike. */
export const allFinal = async ({ databases }: TestSystem, orderIds: readonly string[], seconds: number) => {
  const unfinished = async () => {
    const places = [
      ['order', 'orders'],
      ['saga', 'sagas'],
      ['order-history', 'orders'],
    ] as const
    const counts = await Promise.all(
      places.map(async ([service, table]) => {
        const [row] = await query<{ done: number }>(
          databases[service],
          `select count(*)::int as done from ${table} where order_id = any($1::uuid[]) and ${final}`,
          [orderIds],
        )
        return orderIds.length - (row?.done ?? 0)
      }),
    )
    return counts.reduce((sum, count) => sum + count, 0)
  }
  await until(`all ${orderIds.length} orders are final everywhere`, async () => (await unfinished()) === 0, seconds)
}

/** Every amount that left or entered a wallet is in the ledger, and the ledger sums to zero. */
export const moneyIsConserved = async ({ databases }: TestSystem) => {
  const [ledger] = await query<{ sum: number }>(
    databases.payment,
    'select coalesce(sum(amount), 0)::int as sum from ledger_entries',
  )
  assert.equal(ledger?.sum, 0)
  const wrong = await query(
    databases.payment,
    `select a.user_id, a.balance, coalesce(sum(e.amount), 0) as booked
     from accounts a left join ledger_entries e on e.account = 'wallet:' || a.user_id
     group by a.user_id, a.balance having a.balance <> coalesce(sum(e.amount), 0)`,
  )
  assert.deepEqual(wrong, [], 'each balance is what the ledger says')
}

/** Completed orders were charged exactly once and never refunded; cancelled ones ended at zero. */
export const chargedOnce = async ({ databases }: TestSystem, orderIds: readonly string[]) => {
  const orders = await query<{ order_id: string; status: string; total_amount: string }>(
    databases.order,
    'select order_id, status, total_amount from orders where order_id = any($1::uuid[])',
    [orderIds],
  )
  const movements = await query<{ reference: string; kind: string; amount: string }>(
    databases.payment,
    'select reference, kind, amount from ledger where reference = any($1::text[])',
    [orderIds],
  )
  const byOrder = Map.groupBy(movements, ({ reference }) => reference)
  assert.equal(orders.length, orderIds.length, 'no accepted order is lost')
  for (const { order_id, status, total_amount } of orders) {
    const kinds = (byOrder.get(order_id) ?? []).map(({ kind, amount }) => `${kind} ${amount}`).sort()
    if (status === 'COMPLETED') assert.deepEqual(kinds, [`CAPTURE ${total_amount}`], order_id)
    else assert.ok(kinds.length === 0 || kinds.length === 2, `${order_id} was cancelled with ${kinds.join(', ')}`)
  }
}

/** What can be ordered and what is put aside make up what came in. */
export const stockIsConserved = async ({ databases }: TestSystem) => {
  assert.deepEqual(await query(databases.inventory, 'select * from stock_discrepancies'), [])
}

/** No letter reached anybody twice; by the catcher's own count, not by ours. */
export const lettersOnce = async ({ mail_page_url }: TestSystem) => {
  const answer = await fetch(`${mail_page_url}/api/letters?limit=100000`)
  const { letters } = (await answer.json()) as { letters: { message_id: string }[] }
  const twice = [...Map.groupBy(letters, ({ message_id }) => message_id)].filter(([, copies]) => copies.length > 1)
  assert.deepEqual(twice, [])
  return letters.length
}
