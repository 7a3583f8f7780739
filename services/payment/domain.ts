// What payment decides: whether an order can be charged, and what a refund gives back. Pure; the store makes it so.
import type { DataOf, inventoryReserved, Money, paymentFailed, refundCommand } from '@deliveryflow/contracts'

export type Account = { user_id: string; balance: number; currency: string }
export type PaymentStatus = 'CAPTURED' | 'FAILED' | 'REFUNDED' | 'VOIDED'
export type Payment = {
  order_id: string
  user_id: string
  payment_id: string | null
  status: PaymentStatus
  reason: string | null
  amount: number | null
  currency: string | null
}

type Order = DataOf<typeof inventoryReserved>
type Refund = DataOf<typeof refundCommand>
type Refusal = DataOf<typeof paymentFailed>['reason']

/** Why an order cannot be charged to an account, or null when it can. */
export const refusalOf = (account: Account | undefined, total: Money): Refusal | null => {
  if (!account) return 'NO_ACCOUNT'
  if (account.currency !== total.currency) return 'CURRENCY_MISMATCH'
  return account.balance < total.amount ? 'INSUFFICIENT_FUNDS' : null
}

/** What becomes of one order. */
export type CaptureDecision<O extends Order> =
  | { outcome: 'CAPTURED'; order: O }
  | { outcome: 'FAILED'; order: O; reason: Refusal }

/**
 * Decides orders one after the other, each against what the ones before it left in the wallet. An order that payment
 * knows already is left out: it was decided, or a refund came first and it must not be charged any more.
 */
export const decideCaptures = <O extends Order>(
  orders: readonly O[],
  accounts: readonly Account[],
  known: readonly Pick<Payment, 'order_id'>[],
): CaptureDecision<O>[] => {
  const wallets = new Map(accounts.map((account) => [account.user_id, { ...account }]))
  const decided = new Set(known.map(({ order_id }) => order_id))
  const decisions: CaptureDecision<O>[] = []
  for (const order of orders) {
    if (decided.has(order.order_id)) continue
    decided.add(order.order_id)
    const wallet = wallets.get(order.user_id)
    const reason = refusalOf(wallet, order.total)
    if (reason) decisions.push({ outcome: 'FAILED', order, reason })
    else {
      if (wallet) wallet.balance -= order.total.amount
      decisions.push({ outcome: 'CAPTURED', order })
    }
  }
  return decisions
}

/** What a refund command leads to: money back, or the same answer as before. */
export type RefundDecision<R extends Refund> = {
  change: 'refund' | 'none'
  command: R
  payment_id: string | null
  refunded: Money | null
}

/** Decides refund commands; a command may come again. An order that was not captured is VOIDED by then: nothing goes back. */
export const decideRefunds = <R extends Refund>(
  commands: readonly R[],
  payments: readonly Payment[],
): RefundDecision<R>[] => {
  const known = new Map(payments.map((payment) => [payment.order_id, payment]))
  const changed = new Set<string>()
  return commands.map((command) => {
    const payment = known.get(command.order_id)
    const first = !changed.has(command.order_id)
    changed.add(command.order_id)
    const refunded =
      payment?.amount != null && payment.currency != null && payment.status !== 'FAILED'
        ? { amount: payment.amount, currency: payment.currency }
        : null
    const change = first && payment?.status === 'CAPTURED' ? 'refund' : 'none'
    return { change, command, payment_id: payment?.payment_id ?? null, refunded }
  })
}
