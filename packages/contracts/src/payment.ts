// payment: wallets, and a ledger in which every movement sums to zero.
import { z } from 'zod'
import { operation } from './http.ts'
import { command, event } from './message.ts'
import { cancelReason, orderFacts } from './order.ts'
import { userRpc } from './rpc.ts'
import { amount, currency, id, maxAmount, money, nothing, pageOf, paging, text, timestamp } from './values.ts'

export const paymentCaptured = event('payment_captured', {
  about: "The order's total left the wallet.",
  aggregate: 'order_id',
  data: z.object({ ...orderFacts, payment_id: id }),
})

export const paymentFailed = event('payment_failed', {
  about: 'The wallet was not charged.',
  aggregate: 'order_id',
  data: z.object({
    order_id: id,
    user_id: id,
    total: money,
    reason: cancelReason.extract(['INSUFFICIENT_FUNDS', 'NO_ACCOUNT', 'CURRENCY_MISMATCH']),
  }),
})

export const paymentRefunded = event('payment_refunded', {
  about:
    'Nothing is, or ever will be, charged for the order. refunded: what went back, null when nothing had been taken.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id, payment_id: id.nullable(), refunded: money.nullable() }),
})

export const refundCommand = command('payment.refund', {
  about: 'Gives back what was captured; a capture that comes later is refused.',
  aggregate: 'order_id',
  data: z.object({ order_id: id, user_id: id }),
})

const balance = z.object({ balance: amount, currency }).meta({ id: 'Balance', description: 'balance: minor units' })
const deposit = z.strictObject({ amount: amount.min(1), currency })
const paymentView = z
  .object({
    order_id: id,
    payment_id: id.nullable(),
    status: z.enum(['CAPTURED', 'FAILED', 'REFUNDED', 'VOIDED']),
    reason: z.string().nullable(),
    amount: money.nullable(),
    created_at: timestamp,
    refunded_at: timestamp.nullable(),
  })
  .meta({ id: 'Payment' })

const ledgerEntry = z
  .object({
    entry_id: id,
    kind: z.enum(['DEPOSIT', 'CAPTURE', 'REFUND']),
    amount: z.int().min(-maxAmount).max(maxAmount),
    currency,
    order_id: id.nullable(),
    at: timestamp,
    balance_after: z.int(),
  })
  .meta({
    id: 'LedgerEntry',
    description: 'amount: minor units, below zero where it left the wallet; balance_after: what the wallet held then',
  })

export const openAccount = userRpc('payment.open_account', {
  about: 'Opens the account of the caller.',
  input: nothing,
  output: balance,
  rejections: ['account_exists'],
  idempotent: false,
})

export const getBalance = userRpc('payment.get_balance', {
  about: 'What the caller can spend.',
  input: nothing,
  output: balance,
  rejections: ['not_found'],
  idempotent: true,
})

export const depositFunds = userRpc('payment.deposit', {
  about: 'Adds money to the account of the caller. The same idempotency key adds it once.',
  input: deposit.extend({ idempotency_key: text.min(1).max(200).optional() }),
  output: balance,
  rejections: ['not_found', 'currency_mismatch', 'idempotency_conflict', 'invalid_request'],
  idempotent: 'with_key',
})

export const listLedger = userRpc('payment.list_ledger', {
  about: "The movements of the caller's wallet, newest first.",
  input: z.strictObject(paging),
  output: pageOf(ledgerEntry),
  rejections: ['not_found', 'invalid_request'],
  idempotent: true,
})

export const getPayment = userRpc('payment.get', {
  about: 'The payment of an order of the caller.',
  input: z.strictObject({ order_id: id }),
  output: paymentView,
  rejections: ['not_found'],
  idempotent: true,
})

export const paymentHttp = [
  operation({
    id: 'openAccount',
    method: 'post',
    path: '/api/accounts',
    about: openAccount.about,
    access: 'user',
    status: 201,
    response: balance,
    problems: ['account_exists'],
    rpc: openAccount,
  }),
  operation({
    id: 'getBalance',
    method: 'get',
    path: '/api/accounts/balance',
    about: getBalance.about,
    access: 'user',
    status: 200,
    response: balance,
    problems: ['not_found'],
    rpc: getBalance,
  }),
  operation({
    id: 'deposit',
    method: 'post',
    path: '/api/accounts/deposit',
    about: depositFunds.about,
    access: 'user',
    headers: z.object({ 'idempotency-key': text.min(1).max(200).optional() }),
    body: deposit,
    status: 200,
    response: balance,
    problems: ['not_found', 'currency_mismatch', 'idempotency_conflict'],
    rpc: depositFunds,
  }),
  operation({
    id: 'listLedger',
    method: 'get',
    path: '/api/accounts/ledger',
    about: listLedger.about,
    access: 'user',
    query: listLedger.input,
    status: 200,
    response: listLedger.output,
    problems: ['not_found'],
    rpc: listLedger,
  }),
  operation({
    id: 'getPayment',
    method: 'get',
    path: '/api/orders/{order_id}/payment',
    about: getPayment.about,
    access: 'user',
    params: getPayment.input,
    status: 200,
    response: paymentView,
    problems: ['not_found'],
    rpc: getPayment,
  }),
] as const
