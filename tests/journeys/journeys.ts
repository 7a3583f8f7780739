// The journeys that are acted: what people do, and what is waited for. All that comes of it is observed.
import assert from 'node:assert/strict'
import { newId } from '@deliveryflow/kit'
import { jetstream } from '@nats-io/jetstream'
import { connect, headers as natsHeaders } from '@nats-io/transport-node'
import { dfctl } from '../../cli/src/testing.ts'
import { lettersTo, query } from '../backends.ts'
import { type Client, orderOf, password, product } from '../client.ts'
import type { Stage } from './stage.ts'

export type Journey = {
  /** The name of its page. */
  readonly page: string
  readonly title: string
  readonly about: string
  act(stage: Stage): Promise<void>
}

/** A code that a letter to somebody holds. */
const codeIn = async ({ system }: Stage, email: string, subject: RegExp): Promise<string> => {
  const letter = (await lettersTo(system, email)).findLast((caught) => subject.test(caught.subject))
  return /enter this code: (\S+)/.exec(letter?.text ?? '')?.[1] ?? ''
}

/** Places an order and waits for its outcome, `ends`. Returns its id. */
const order = async (stage: Stage, ann: Client, thing: string, ends: readonly string[], quantity = 1) => {
  const placed = await stage.ask('An order', 'customer', 'POST', '/api/orders', {
    as: ann,
    body: orderOf(thing, quantity),
    until: ends,
  })
  assert.equal(placed.status, 201)
  return String(placed.body.order_id)
}

/** How an order that a courier will carry begins. */
const paid = ['events.delivery_assigned', 'events.order_paid', 'jobs.notify_user']
/** How an order that cannot be fulfilled ends. */
const cancelled = ['events.order_cancelled', 'jobs.notify_user']

const move = async (stage: Stage, courier: Client, title: string, order_id: string, status: string, ends: string[]) => {
  const { body } = await stage.admin.get(`/api/orders/${order_id}/delivery`)
  const moved = await stage.ask(title, 'courier', 'POST', `/api/deliveries/${body.delivery_id}/status`, {
    as: courier,
    body: { status },
    until: ['events.delivery_status_updated', ...ends],
  })
  assert.equal(moved.status, 200)
}

/** In the order in which they are acted: the first needs a system without couriers. */
export const journeys: readonly Journey[] = [
  {
    page: 'step-timed-out',
    title: 'A step takes too long',
    about: `There is no courier: the parcel of the paid order waits until the deadline of the step has passed, and the saga undoes what was done.
It does so from the end of the journey to its beginning, the delivery, the payment, the reservation, and the order ends with the reason
\`TIMED_OUT\`. (So that nobody has to wait for five minutes the deadline of this one order was put back in the saga's table.)`,
    act: async (stage) => {
      const ann = await stage.customer(100_000)
      const order_id = await order(stage, ann, await product(stage.admin), ['events.order_paid', 'jobs.notify_user'])
      const late = 'update sagas set deadline_at = now() where order_id = $1'
      await stage.watch('The deadline passes', 'clock', () => query(stage.system.databases.saga, late, [order_id]), {
        until: ['events.step_timed_out', ...cancelled],
      })
    },
  },
  {
    page: 'happy-path',
    title: 'From the registration to the review',
    about: `A customer registers, confirms the address, signs in, puts money into the wallet and orders; a courier brings the parcel; the
customer reviews what came.`,
    act: async (stage) => {
      const courier = await stage.courier('Boris')
      const thing = await product(stage.admin, { price: 2500 })
      const email = 'ada@example.com'
      const account = { email, password, name: 'Ada' }
      const letters = ['events.user_registered', 'jobs.notify_user']
      const { ask } = stage
      await ask('She registers', 'customer', 'POST', '/api/auth/register', { body: account, until: letters })
      const token = await codeIn(stage, email, /confirm/i)
      await ask('She confirms the address', 'customer', 'POST', '/api/auth/verify-email', { body: { token } })
      const signedIn = await ask('She signs in', 'customer', 'POST', '/api/auth/login', { body: { email, password } })
      const ada = { ...stage.admin, token: String(signedIn.body.access_token) }
      const deposit = { amount: 100_000, currency: 'RUB' }
      await ask('She puts money into the wallet', 'customer', 'POST', '/api/accounts/deposit', {
        as: ada,
        body: deposit,
      })
      const order_id = await order(stage, ada, thing, paid)
      await move(stage, courier, 'The parcel leaves', order_id, 'IN_TRANSIT', ['jobs.notify_user'])
      await move(stage, courier, 'It is nearly there', order_id, 'OUT_FOR_DELIVERY', ['jobs.notify_user'])
      await move(stage, courier, 'It is handed over', order_id, 'DELIVERED', [
        'events.order_completed',
        'jobs.notify_user',
      ])
      const review = { product_id: thing, rating: 5, text: 'Just the right size.' }
      const reviewed = await ask('She reviews what came', 'customer', 'POST', '/api/reviews', {
        as: ada,
        body: review,
        until: ['events.review_created', 'jobs.notify_user'],
      })
      assert.equal(reviewed.status, 201)
    },
  },
  {
    page: 'insufficient-funds',
    title: 'The wallet does not hold enough',
    about: `The order is accepted and its items are put aside, but the payment is refused: the saga has the items put back and the order
cancelled.`,
    act: async (stage) => {
      const ann = await stage.customer(500)
      await order(stage, ann, await product(stage.admin), ['events.payment_failed', ...cancelled])
    },
  },
  {
    page: 'out-of-stock',
    title: 'Sold out',
    about:
      'The order is accepted, and inventory has not enough of it. Nothing was put aside, so nothing has to be put back.',
    act: async (stage) => {
      const ann = await stage.customer(100_000)
      const scarce = await product(stage.admin, { stock: 1 })
      await order(stage, ann, scarce, ['events.inventory_rejected', ...cancelled], 2)
    },
  },
  {
    page: 'cancelled-by-customer',
    title: 'The customer cancels before the parcel leaves',
    about: `Only delivery knows whether the parcel has left at this moment, so the cancel is asked there, in the request; what delivery says
then begins the compensation.`,
    act: async (stage) => {
      const ann = await stage.customer(100_000)
      const order_id = await order(stage, ann, await product(stage.admin), paid)
      const answered = await stage.ask('The cancel', 'customer', 'POST', `/api/orders/${order_id}/cancel`, {
        as: ann,
        until: ['events.payment_refunded', ...cancelled],
      })
      assert.equal(answered.status, 202)
    },
  },
  {
    page: 'delivery-failed',
    title: 'The delivery fails',
    about: 'A courier gives up: the money goes back to the wallet and the items to the shelf.',
    act: async (stage) => {
      const courier = await stage.courier('Boris')
      const ann = await stage.customer(100_000)
      const order_id = await order(stage, ann, await product(stage.admin), paid)
      await move(stage, courier, 'The courier gives up', order_id, 'FAILED', ['events.payment_refunded', ...cancelled])
    },
  },
  {
    page: 'prefer-wait',
    title: 'An order whose payment is waited for',
    about: `With \`Prefer: wait=N\` the gateway holds its answer until the payment's outcome. It hears the events of the order live, beside the
consumers. Because what is heard live can be missed it also asks \`rpc.get_order_status\` every 750 ms; how often depends on the
machine, so these questions are left out here.`,
    act: async (stage) => {
      const thing = await product(stage.admin)
      const place = async (title: string, funds: number, outcome: string, ends: readonly string[]) => {
        const as = await stage.customer(funds)
        return stage.ask(title, 'customer', 'POST', '/api/orders', {
          as,
          body: orderOf(thing),
          headers: { prefer: 'wait=30' },
          until: ends,
          without: ['rpc.get_order_status'],
          answers_after: outcome,
        })
      }
      assert.equal((await place('It is paid', 100_000, 'events.order_paid', paid)).status, 201)
      assert.equal(
        (await place('It is refused', 500, 'events.payment_failed', cancelled)).body.code,
        'insufficient_funds',
      )
    },
  },
  {
    page: 'password-reset',
    title: 'A forgotten password',
    about: `The event does not carry the token of the letter: the worker that writes the letter asks for it. The new password ends every
session.`,
    act: async (stage) => {
      const { email } = await stage.customer(0)
      const ask = (title: string, path: string, body: object, until: string[] = []) =>
        stage.ask(title, 'customer', 'POST', path, { body, until })
      const letters = ['events.password_reset_requested', 'jobs.notify_user']
      await ask('The letter is asked for', '/api/auth/password-reset', { email }, letters)
      const token = await codeIn(stage, email, /new password/i)
      const changed = { token, password: 'a new passphrase' }
      await ask('The new password', '/api/auth/password-reset/confirm', changed)
      await ask('The old one is refused', '/api/auth/login', { email, password })
      assert.equal(
        (await ask('The new one is good', '/api/auth/login', { ...changed, email, token: undefined })).status,
        200,
      )
    },
  },
  {
    page: 'dead-letter',
    title: 'A message that cannot be handled',
    about: `A script says an event that does not fit its contract: who cannot read it puts it among the dead letters, and an administrator gives
it back mended. It goes there at once, for no retry would make it readable; audit keeps it as it is. Given back it reaches one service
alone, which handles it as its consumer would.`,
    act: async (stage) => {
      const { user_id } = await stage.customer(0)
      const product_id = await product(stage.admin)
      const review = { review_id: newId(), product_id, user_id }
      await stage.watch('A script says what does not fit', 'script', () => sayFaulty(stage, review), {
        until: ['dlq.catalog.events', 'dlq.notification-planner.events'],
      })
      const look = { as: stage.admin }
      const list = await stage.ask('An administrator looks', 'administrator', 'GET', '/api/dead-letters', look)
      const { items } = list.body as { items: { sequence: number; service: string }[] }
      const body = JSON.stringify({ ...review, rating: 5 })
      for (const { sequence, service } of items.toSorted((a, b) => (a.service < b.service ? -1 : 1))) {
        const retried = await stage.ask(
          `${service} gets it again`,
          'administrator',
          'POST',
          '/api/dead-letters/retry',
          {
            as: stage.admin,
            body: { sequences: [sequence], reason: 'The script forgot the rating.', body },
            until: ['events.operator_acted', ...(service === 'notification-planner' ? ['jobs.notify_user'] : [])],
          },
        )
        assert.equal(retried.body.results[0].outcome, 'handled')
      }
    },
  },
  {
    page: 'replay',
    title: 'A read model is built anew',
    about: `\`dfctl audit replay --to projection=order-history\` has the list of orders built again from the history, beside the one that serves,
and swapped in when it has caught up. Records travel on \`replay.>\`, which only projections may hear: no money moves, no letter goes out.
How the work goes on is asked again and again, and records go in as many portions as there are; each is drawn once.`,
    act: async (stage) => {
      const words = [
        'audit',
        'replay',
        '--to',
        'projection=order-history',
        '--reason',
        'Totals were wrong.',
        '-o',
        'json',
      ]
      const ended = await stage.watch(
        'An operator has order-history built anew',
        'dfctl',
        () => dfctl([...words, '--local-folder', stage.system.dir ?? '', '--timeout', '2m']),
        { until: ['events.replay_started', 'events.replay_ended'] },
      )
      assert.equal(ended.code, 0, ended.stderr)
    },
  },
]

/** Says a review without its rating. */
const sayFaulty = async ({ system }: Stage, review: { review_id: string; product_id: string }) => {
  const nats = await connect(system.nats)
  const headers = natsHeaders()
  const id = newId()
  const attributes = {
    'Nats-Msg-Id': id,
    'ce-specversion': '1.0',
    'ce-id': id,
    'ce-type': 'review_created',
    'ce-source': 'script',
    'ce-subject': review.product_id,
    'ce-correlationid': review.product_id,
    'ce-time': new Date().toISOString(),
  }
  for (const [name, value] of Object.entries(attributes)) headers.set(name, value)
  await jetstream(nats).publish('events.review_created', JSON.stringify(review), { headers })
  await nats.close()
}
