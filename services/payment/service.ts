// payment on one screen: wallets, a ledger that sums to zero, one debit and at most one refund for each order.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { z } from 'zod'
import * as handle from './handlers.ts'

export default defineService(topology.payment, {
  settings: z.object({
    CURRENCY: z.string().length(3).default('RUB').describe('currency of the accounts that are opened'),
  }),
  hears: {
    user_registered: handle.openAccountsOfNewUsers,
    inventory_reserved: handle.capture,
    'payment.refund': handle.refund,
  },
  answers: {
    'payment.open_account': handle.openOwnAccount,
    'payment.get_balance': handle.balance,
    'payment.deposit': handle.deposit,
    'payment.list_ledger': handle.ledger,
    'payment.get': handle.payment,
  },
})
