// Whether what must hold does: money and stock conserved, the services of one mind about every order, the read model whole.
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { withDatabase } from '../database.ts'
import type { Target } from '../target.ts'
import { type Looked, lookSince } from './look.ts'
import * as store from './store.ts'

export type Verified = {
  money: { wallets: number; entries: number; wrong: string[] }
  stock: { products: number; wrong: string[] }
  orders: Looked
}

/** Looks at all money and stock, and at the orders placed since. Reads only. `progress` is told how many orders were looked at. */
export const verify = async (target: Target, since: Date, progress: (orders: number) => void): Promise<Verified> => {
  const [money, stock] = await Promise.all([
    withDatabase(target, 'payment', moneyOf),
    withDatabase(target, 'inventory', stockOf),
  ])
  return { money, stock, orders: await lookSince(target, since, progress) }
}

const moneyOf = async (db: Queryable): Promise<Verified['money']> => {
  const [[sums], wallets] = [await store.selectMoney(db), await store.selectWrongWallets(db)]
  const { entries = 0, sum = 0, accounts = 0 } = sums ?? {}
  return {
    wallets: accounts,
    entries,
    wrong: [
      ...(Number(sum) === 0 ? [] : [`the ledger sums to ${sum} instead of 0`]),
      ...wallets.map(
        ({ user_id, balance, booked }) => `the wallet of ${user_id} holds ${balance}, and ${booked} are booked`,
      ),
    ],
  }
}

const stockOf = async (db: Queryable): Promise<Verified['stock']> => {
  const [[counted], wrong] = [await store.countStock(db), await store.selectWrongStock(db)]
  return {
    products: counted?.products ?? 0,
    wrong: wrong.map(
      ({ product_id, available, received, reserved }) =>
        `of product ${product_id} ${received} came in, ${available} are available and ${reserved} put aside`,
    ),
  }
}
