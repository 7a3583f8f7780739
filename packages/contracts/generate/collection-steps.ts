// The order in which the collection of requests is run from top to bottom, and what one request hands to those after it.
// An operation that is not named here comes last in its folder, with its example body and a variable for each parameter of its path.
import type { httpOperations } from '../src/index.ts'

type OperationId = (typeof httpOperations)[number]['id']

/** One request. Values may name variables of the collection: `{{order_id}}`. */
export type Step = {
  /** The operation; or a look at what the mail catcher of a local run has caught. */
  readonly id: OperationId | 'letter'
  /** Instead of the operation's own summary; no two requests have one name. */
  readonly name?: string
  /** Instead of the example body. */
  readonly body?: Readonly<Record<string, unknown>>
  /** Headers that are sent; the others of the operation are there to be switched on. */
  readonly headers?: Readonly<Record<string, string>>
  /** Variables of the path, where they are called otherwise. */
  readonly params?: Readonly<Record<string, string>>
  /** Script before it is sent. */
  readonly before?: readonly string[]
  /** Variables taken from the answer: an expression over `answer`. */
  readonly takes?: Readonly<Record<string, string>>
  /** Asked again while this holds of `code` and `answer`: what came before takes a moment to get through. */
  readonly while?: string
  /** Why it is sent by hand alone, and skipped when the collection is run. */
  readonly by_hand?: string
  /** The refusal that is expected, where a success cannot be had, and why. */
  readonly refused?: { readonly status: number; readonly why: string }
}

const letter = (name: string, subject: RegExp): Step => ({
  id: 'letter',
  name,
  takes: {
    letter_token: `/enter this code: (\\S+)/.exec(answer.letters.find(({ subject }) => ${subject}.test(subject))?.text)?.[1]`,
  },
  while: `code === 200 && !answer.letters.some(({ subject }) => ${subject}.test(subject))`,
})

/** Whether there is a dead letter to work on: on a healthy system there is none. */
const ifDeadLetter = ["if (!pm.collectionVariables.get('sequence')) pm.execution.skipRequest()"]

/** The folders in their order, each with its requests. */
export const steps: Readonly<Record<string, readonly Step[]>> = {
  identity: [
    {
      id: 'register',
      before: ["pm.collectionVariables.set('email', 'ada-' + Date.now() + '@example.com')"],
      body: { email: '{{email}}', password: '{{password}}', name: 'Ada Lovelace' },
      takes: { user_id: 'answer.user_id' },
    },
    {
      id: 'login',
      body: { email: '{{email}}', password: '{{password}}' },
      takes: { token: 'answer.access_token', refresh_token: 'answer.refresh_token' },
    },
    {
      id: 'refresh',
      body: { refresh_token: '{{refresh_token}}' },
      takes: { token: 'answer.access_token', refresh_token: 'answer.refresh_token' },
    },
    { id: 'logout', body: { refresh_token: '{{refresh_token}}' } },
    { id: 'startSession', body: { email: '{{email}}', password: '{{password}}' } },
    { id: 'renewSession', by_hand: 'It goes by the cookie of a page of the same origin.' },
    { id: 'endSession', by_hand: 'It goes by the cookie of a page of the same origin.' },
    { id: 'getAccount' },
    { id: 'resendVerification' },
    letter('The letter with the code that confirms the address', /confirm/i),
    { id: 'verifyEmail', body: { token: '{{letter_token}}' } },
    { id: 'requestPasswordReset', body: { email: '{{email}}' } },
    letter('The letter with the code for a new password', /new password/i),
    { id: 'resetPassword', body: { token: '{{letter_token}}', password: '{{new_password}}' } },
    {
      id: 'login',
      name: 'Signs in with the new password',
      body: { email: '{{email}}', password: '{{new_password}}' },
      takes: { token: 'answer.access_token', refresh_token: 'answer.refresh_token' },
    },
    {
      id: 'login',
      name: 'Signs in as an administrator',
      body: { email: '{{admin_email}}', password: '{{admin_password}}' },
      takes: { admin_token: 'answer.access_token' },
    },
    {
      id: 'createUser',
      body: {
        email: 'carl-{{$timestamp}}@example.com',
        password: '{{password}}',
        name: 'Carl Courier',
        role: 'courier',
      },
    },
  ],
  profile: [{ id: 'getProfile', while: 'code === 404' }, { id: 'updateProfile' }],
  catalog: [
    { id: 'createProduct', takes: { product_id: 'answer.product_id' } },
    { id: 'setStock' },
    { id: 'updateProduct' },
    { id: 'listProducts' },
    { id: 'getProduct' },
  ],
  payment: [
    { id: 'getBalance', while: 'code === 404' },
    { id: 'openAccount', refused: { status: 409, why: 'Every new user has an account already.' } },
    { id: 'deposit' },
  ],
  order: [
    { id: 'createOrder', name: 'An order that is cancelled', takes: { order_id: 'answer.order_id' } },
    { id: 'cancelOrder' },
    { id: 'createOrder', name: 'An order that is delivered', takes: { order_id: 'answer.order_id' } },
    { id: 'getOrder' },
    { id: 'followOrder' },
    { id: 'getTimeline' },
    { id: 'listOrders' },
    { id: 'getPayment' },
  ],
  review: [{ id: 'createReview', while: 'code === 403' }, { id: 'listReviews' }],
  delivery: [
    {
      id: 'createOrder',
      name: 'An order whose payment is waited for',
      headers: { Prefer: 'wait=30' },
      takes: { order_id: 'answer.order_id' },
    },
    {
      id: 'getDelivery',
      while: 'code === 404',
      takes: {
        delivery_id: 'answer.delivery_id',
        next_status: "{ PENDING: 'IN_TRANSIT', IN_TRANSIT: 'OUT_FOR_DELIVERY' }[answer.status] ?? 'DELIVERED'",
      },
    },
    { id: 'moveDelivery', body: { status: '{{next_status}}', note: 'Seen to by hand.' } },
  ],
  audit: [
    { id: 'listAuditEvents' },
    { id: 'verifyHistory' },
    { id: 'planReplay', by_hand: 'Say which projection.' },
    { id: 'startReplay', by_hand: 'It builds a read model of the running system anew.' },
    { id: 'endReplay', by_hand: 'It wants a replay.' },
  ],
  operations: [
    {
      id: 'listDeadLetters',
      takes: { sequence: "pm.collectionVariables.get('sequence') || answer.items[0]?.sequence" },
    },
    { id: 'groupDeadLetters' },
    { id: 'getDeadLetter', before: ifDeadLetter },
    {
      id: 'retryDeadLetters',
      before: ifDeadLetter,
      body: { sequences: ['{{sequence}}'], reason: 'The price was mended in the catalog.' },
    },
    {
      id: 'dropDeadLetters',
      before: ifDeadLetter,
      body: { sequences: ['{{sequence}}'], reason: 'A test message of the release.' },
    },
    { id: 'listStreamMessages', params: { stream: 'EVENTS' } },
    { id: 'followEvents', by_hand: 'It does not end by itself.' },
    { id: 'compensateOrderAsOperator', by_hand: 'It wants an order that is under way.' },
    { id: 'cancelOrderAsOperator', by_hand: 'It wants an order that is under way.' },
  ],
}
