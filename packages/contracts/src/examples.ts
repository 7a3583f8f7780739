// A body that can be sent as it stands, for every HTTP operation that takes one; shown in the API's documents.
import type { z } from 'zod'
import type { httpOperations } from './topology.ts'

type Operation = (typeof httpOperations)[number]
type WithBody = Extract<Operation, { body: z.ZodObject }>
type Bodies = { [O in WithBody as O['id']]: z.input<O['body']> }

const product_id = '0199a0c8-7d31-7c10-9b1e-6f0d5a2c4e01'

/** The example body of each operation, by operation id. The types keep it whole: a new body without one does not compile. */
export const bodyExamples: Bodies = {
  register: { email: 'ada@example.com', password: 'a long passphrase', name: 'Ada Lovelace' },
  login: { email: 'ada@example.com', password: 'a long passphrase' },
  refresh: { refresh_token: 'the refresh_token of the last login or refresh' },
  logout: { refresh_token: 'the refresh_token of the last login or refresh' },
  startSession: { email: 'ada@example.com', password: 'a long passphrase' },
  verifyEmail: { token: 'the token of the letter' },
  requestPasswordReset: { email: 'ada@example.com' },
  resetPassword: { token: 'the token of the letter', password: 'another long passphrase' },
  createUser: { email: 'carl@example.com', password: 'a long passphrase', name: 'Carl Courier', role: 'courier' },
  updateProfile: { phone: '+49 30 1234567', address: 'Unter den Linden 1, 10117 Berlin', locale: 'en' },
  createProduct: {
    name: 'Espresso cup',
    description: 'Porcelain, 80 ml.',
    price: { amount: 125_000, currency: 'RUB' },
  },
  updateProduct: { price: { amount: 99_000, currency: 'RUB' } },
  setStock: { quantity: 100 },
  deposit: { amount: 1_000_000, currency: 'RUB' },
  createOrder: {
    delivery_address: 'Unter den Linden 1, 10117 Berlin',
    items: [{ product_id, quantity: 2 }],
  },
  moveDelivery: { status: 'IN_TRANSIT', note: 'Picked up at the depot.' },
  retryDeadLetters: { sequences: [17], reason: 'The price was mended in the catalog.' },
  dropDeadLetters: { sequences: [18], reason: 'A test message of the release.' },
  compensateOrderAsOperator: { reason: 'The courier reported the parcel as lost.' },
  cancelOrderAsOperator: { reason: 'The customer asked for it on the phone.' },
  startReplay: {
    job: '0199a0c8-7d31-7c10-9b1e-6f0d5a2c4e02',
    projection: 'order-history',
    reason: 'Totals were shown wrong before 1.4.',
  },
  endReplay: { action: 'finalize', reason: 'The new list was compared with the orders.' },
  createReview: { product_id, rating: 5, text: 'Just the right size.' },
}
