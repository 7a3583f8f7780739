// A wallet and its ledger on a real database.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { inventoryReserved, refundCommand } from '@deliveryflow/contracts'
import { type Message, Rejection, statement } from '@deliveryflow/kit'
import { type Database, openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { received, type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import * as handle from './handlers.ts'

const log = createLog('payment-test', 'silent')
const currency = 'RUB'
const begin = statement<[]>('test_begin', 'select now()')

describe('the ledger of a wallet', () => {
  let scratch: ScratchDatabase
  let db: Database
  let context: handle.PaymentContext

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase({ url: scratch.url, application_name: 'payment-test', max: 10 }, log)
    const settings = { CURRENCY: currency } as handle.PaymentContext['settings']
    const transaction: handle.PaymentContext['transaction'] = transactions(db, 'payment', () => undefined)
    context = { settings, log, db, transaction, call: async () => assert.fail('payment calls nobody') }
  })
  after(async () => {
    await db.end()
    await scratch.drop()
  })

  const good = <T>(answer: T | Rejection): T => {
    if (answer instanceof Rejection) assert.fail(`${answer.code}: ${answer.detail}`)
    return answer
  }
  const customer = async () => {
    const caller = { user_id: randomUUID(), role: 'customer' as const }
    const { user_id } = caller
    await handle.openOwnAccount({}, context, caller)
    /** Pays one order. `meanwhile`: what happens after the transaction has begun and before the wallet is locked. */
    const pay = async (amount: number, meanwhile: () => Promise<unknown> = async () => undefined) => {
      const order_id = randomUUID()
      const total = { amount, currency }
      const reserved = { order_id, user_id, total, delivery_address: 'Tverskaya 1' }
      const order = received(inventoryReserved, reserved) as Message<typeof inventoryReserved>
      await context.transaction(async (tx) => {
        await begin(tx)
        await meanwhile()
        assert.ok('batch' in handle.capture && !('mixed' in handle.capture))
        await handle.capture.batch([order], tx, context)
      })
      return order_id
    }
    return {
      pay,
      deposit: async (amount: number) => good(await handle.deposit({ amount, currency }, context, caller)),
      refund: (order_id: string) =>
        context.transaction(async (tx) => {
          assert.ok('batch' in handle.refund && !('mixed' in handle.refund))
          const command = received(refundCommand, { order_id, user_id }) as Message<typeof refundCommand>
          await handle.refund.batch([command], tx, context)
        }),
      page: async (limit = 100, cursor?: string) => good(await handle.ledger({ limit, cursor }, context, caller)),
    }
  }
  type Page = Awaited<ReturnType<Awaited<ReturnType<typeof customer>>['page']>>
  const told = ({ items }: Page) =>
    items.map(({ kind, amount, balance_after }) => `${kind} ${amount} → ${balance_after}`)

  it('shows each movement, newest first, with its sign, its order and what the wallet held after it', async () => {
    const ann = await customer()
    assert.deepEqual(await ann.page(), { items: [], next_cursor: null })
    await ann.deposit(1000)
    const order_id = await ann.pay(300)
    await ann.pay(9000)
    await ann.refund(order_id)
    const page = await ann.page()
    assert.deepEqual(told(page), ['REFUND 300 → 1000', 'CAPTURE -300 → 700', 'DEPOSIT 1000 → 1000'])
    assert.deepEqual(
      page.items.map((item) => item.order_id),
      [order_id, order_id, null],
    )
    await (await customer()).deposit(5)
    assert.equal((await ann.page()).items.length, 3, 'of this wallet alone')
  })

  it('leads from page to page, also when money moves meanwhile', async () => {
    const ann = await customer()
    for (const amount of [1, 2, 3, 4, 5]) await ann.deposit(amount)
    const first = await ann.page(2)
    await ann.deposit(100)
    const second = await ann.page(2, first.next_cursor ?? assert.fail('there is more'))
    const third = await ann.page(2, second.next_cursor ?? assert.fail('there is more'))
    assert.deepEqual([first, second, third].flatMap(told), [
      'DEPOSIT 5 → 15',
      'DEPOSIT 4 → 10',
      'DEPOSIT 3 → 6',
      'DEPOSIT 2 → 3',
      'DEPOSIT 1 → 1',
    ])
    assert.equal(third.next_cursor, null)
  })

  it('is in the order in which the wallet changed, not in which transactions began', async () => {
    const ann = await customer()
    await ann.pay(70, () => ann.deposit(100))
    assert.deepEqual(told(await ann.page()), ['CAPTURE -70 → 30', 'DEPOSIT 100 → 100'])
  })

  it('never shows a balance that was not, whatever happens at once', async () => {
    const ann = await customer()
    await Promise.all(Array.from({ length: 40 }, (_, n) => (n % 2 ? ann.deposit(50) : ann.pay(60))))
    const { items } = await ann.page()
    assert.ok(items.length > 20)
    assert.equal(items.at(-1)?.amount, items.at(-1)?.balance_after)
    for (const { balance_after } of items) assert.ok(balance_after >= 0)
  })

  it('refuses a cursor that is none of ours, and a user without a wallet', async () => {
    const nobody = { user_id: randomUUID(), role: 'customer' as const }
    const codeOf = async (cursor?: string) => {
      const answer = await handle.ledger({ limit: 10, cursor }, context, nobody)
      return answer instanceof Rejection ? answer.code : 'ok'
    }
    assert.equal(await codeOf('nonsense'), 'invalid_request')
    assert.equal(await codeOf(), 'not_found')
  })
})
