// For each message and call of payment: load, decide, save, emit.
import {
  type depositFunds,
  type getBalance,
  type getPayment,
  type inventoryReserved,
  type listLedger,
  maxAmount,
  type openAccount,
  paymentCaptured,
  paymentFailed,
  paymentRefunded,
  type refundCommand,
  type topology,
  type userRegistered,
} from '@deliveryflow/contracts'
import { type AnswerOf, type Context, type HearOf, newId, type Queryable, reject, rowsOf } from '@deliveryflow/kit'
import { decideCaptures, decideRefunds } from './domain.ts'
import { pageOf, placeOf } from './ledger.ts'
import * as store from './store.ts'

type Payment = typeof topology.payment
export type PaymentContext = Context<Payment, { CURRENCY: string }>
type Hear<M> = HearOf<M, Payment, PaymentContext>
type Answer<R> = AnswerOf<R, PaymentContext>

const wallet = (userId: string) => `wallet:${userId}`

export const openAccountsOfNewUsers: Hear<typeof userRegistered> = {
  effects: 'external',
  batch: async (messages, tx, { settings }) => {
    await store.openAccounts(
      tx,
      messages.map(({ data }) => data.user_id),
      settings.CURRENCY,
    )
  },
}

export const capture: Hear<typeof inventoryReserved> = {
  effects: 'external',
  batch: async (messages, tx) => {
    const orders = messages.map((message) => ({ ...message.data, message }))
    const accounts = await store.lockAccounts(
      tx,
      orders.map(({ user_id }) => user_id),
    )
    const known = await store.lockPayments(
      tx,
      orders.map(({ order_id }) => order_id),
    )
    const payments = decideCaptures(orders, accounts, known).map(({ order: { message, ...facts }, ...decision }) => ({
      facts,
      message,
      order_id: facts.order_id,
      user_id: facts.user_id,
      payment_id: decision.outcome === 'CAPTURED' ? newId() : null,
      status: decision.outcome,
      reason: decision.outcome === 'FAILED' ? decision.reason : null,
      ...facts.total,
    }))
    if (payments.length === 0) return
    const claimed = new Set((await store.claimPayments(tx, rowsOf(payments))).map(({ order_id }) => order_id))
    const decided = payments.filter(({ order_id }) => claimed.has(order_id))
    await charge(
      tx,
      decided.flatMap(({ order_id, user_id, payment_id, amount, currency }) =>
        payment_id === null ? [] : { order_id, user_id, payment_id, amount, currency },
      ),
    )
    for (const { facts, message, payment_id, reason } of decided) {
      if (reason) tx.emit(paymentFailed, { ...facts, reason }, message)
      else if (payment_id) tx.emit(paymentCaptured, { ...facts, payment_id }, message)
    }
  },
}

type Charge = { order_id: string; user_id: string; payment_id: string; amount: number; currency: string }

const charge = async (tx: Queryable, charges: readonly Charge[]) => {
  if (charges.length === 0) return
  const charged = await store.debitAccounts(tx, rowsOf(charges))
  const users = new Set(charges.map(({ user_id }) => user_id))
  if (charged.length !== users.size) throw new Error('A wallet changed although it was locked.')
  const movements = charges.map(({ order_id, user_id, payment_id, amount, currency }) => ({
    movement_id: payment_id,
    kind: 'CAPTURE',
    reference: order_id,
    debit_account: wallet(user_id),
    credit_account: 'sales',
    amount,
    currency,
  }))
  await store.insertMovements(tx, rowsOf(movements))
}

export const refund: Hear<typeof refundCommand> = {
  effects: 'external',
  batch: async (messages, tx) => {
    const commands = messages.map((message) => ({ ...message.data, message }))
    // Accounts before payments, as in capture: the two never wait for each other in a circle.
    await store.lockAccounts(
      tx,
      commands.map(({ user_id }) => user_id),
    )
    await store.voidUnknown(tx, rowsOf(commands.map(({ order_id, user_id }) => ({ order_id, user_id }))))
    const payments = await store.lockPayments(
      tx,
      commands.map(({ order_id }) => order_id),
    )
    const decisions = decideRefunds(commands, payments)

    const refunds = decisions.flatMap(({ change, command, refunded }) =>
      change === 'refund' && refunded ? [{ order_id: command.order_id, user_id: command.user_id, ...refunded }] : [],
    )
    if (refunds.length > 0) {
      await store.markRefunded(
        tx,
        refunds.map(({ order_id }) => order_id),
      )
      await store.creditAccounts(tx, rowsOf(refunds))
      await store.insertMovements(
        tx,
        rowsOf(
          refunds.map(({ order_id, user_id, amount, currency }) => ({
            movement_id: newId(),
            kind: 'REFUND',
            reference: order_id,
            debit_account: 'sales',
            credit_account: wallet(user_id),
            amount,
            currency,
          })),
        ),
      )
    }
    for (const { command, payment_id, refunded } of decisions) {
      const { order_id, user_id, message } = command
      tx.emit(paymentRefunded, { order_id, user_id, payment_id, refunded }, message)
    }
  },
}

export const openOwnAccount: Answer<typeof openAccount> = async (_input, { transaction, settings }, caller) => {
  const opened = await transaction((tx) => store.openAccounts(tx, [caller.user_id], settings.CURRENCY))
  if (opened.length === 0) return reject('account_exists', 'You have an account already.')
  return { balance: 0, currency: settings.CURRENCY }
}

export const balance: Answer<typeof getBalance> = async (_input, { db }, caller) => {
  const [account] = await store.selectAccount(db, caller.user_id)
  return account ? { balance: account.balance, currency: account.currency } : noAccount()
}

export const ledger: Answer<typeof listLedger> = async ({ limit, cursor }, { db }, caller) => {
  const from = cursor === undefined ? undefined : placeOf(cursor)
  if (from === null) {
    return reject('invalid_request', 'The cursor is not one of ours; leave it out to begin with the newest movement.')
  }
  // One more than asked for tells whether there is a next page.
  const found = await store.selectLedger(db, caller.user_id, from?.place ?? null, from?.movement_id ?? null, limit + 1)
  const [first] = found
  if (!first) return noAccount()
  const movements = found.filter((row) => row.movement_id !== null)
  return pageOf(movements, from?.balance ?? first.balance, limit)
}

export const deposit: Answer<typeof depositFunds> = async (
  { amount, currency, idempotency_key },
  { transaction },
  caller,
) => {
  const movement_id = newId()
  const reference = idempotency_key === undefined ? movement_id : `${caller.user_id}:${idempotency_key}`
  return transaction(async (tx) => {
    const [account] = await store.lockAccounts(tx, [caller.user_id])
    if (!account) return noAccount()
    if (account.currency !== currency) {
      return reject('currency_mismatch', `Your account is kept in ${account.currency}, not in ${currency}.`)
    }
    const [made] = await store.selectDeposit(tx, reference)
    if (made) {
      if (made.amount === amount) return { balance: account.balance, currency }
      return reject('idempotency_conflict', `This key was used for a deposit of ${made.amount}.`)
    }
    if (account.balance + amount > maxAmount) return reject('invalid_request', `A wallet holds at most ${maxAmount}.`)
    await store.creditAccounts(tx, rowsOf([{ user_id: caller.user_id, amount }]))
    await store.insertMovements(
      tx,
      rowsOf([
        {
          movement_id,
          kind: 'DEPOSIT',
          reference,
          debit_account: 'deposits',
          credit_account: wallet(caller.user_id),
          amount,
          currency,
        },
      ]),
    )
    return { balance: account.balance + amount, currency }
  })
}

export const payment: Answer<typeof getPayment> = async ({ order_id }, { db }, caller) => {
  const [row] = await store.selectPayment(db, order_id)
  if (!row || (row.user_id !== caller.user_id && caller.role !== 'admin')) {
    return reject('not_found', 'There is no payment for this order.')
  }
  const { payment_id, status, reason, amount, currency } = row
  return {
    order_id,
    payment_id,
    status,
    reason,
    amount: amount === null || currency === null ? null : { amount, currency },
    created_at: row.created_at.toISOString(),
    refunded_at: row.refunded_at?.toISOString() ?? null,
  }
}

const noAccount = () => reject('not_found', 'You have no account yet; open one with POST /api/accounts.')
