// The load generator, a process of its own: sends orders at a constant rate, whether or not answers come (an open loop), and
// sees them paid by the events themselves. An order that waits for a connection waits on the system's account.
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { connect } from '@nats-io/transport-node'
import { type FromGenerator, grace, type Step, type StepResult, type Target, type ToGenerator } from './messages.ts'
import { quantilesOf } from './quantiles.ts'

type Order = { due: number; sent: number; answered?: number; order_id?: string }

const tell = (message: FromGenerator) => process.send?.(message)

/** Connects to NATS and to the API, and returns what runs one step. */
const aim = async (target: Target): Promise<(step: Step) => Promise<StepResult>> => {
  const { hostname, port } = new URL(target.url)
  const agent = new Agent({ keepAlive: true, maxSockets: target.connections, scheduling: 'fifo' })
  const connection = await connect(target.nats)
  const paidAt = new Map<string, number>()
  connection.subscribe('events.order_paid', {
    callback: (_error, message) => {
      const order_id = message.headers?.get('ce-subject')
      // The first copy counts: a stream takes no duplicate, but a core subscriber may see one.
      if (order_id && !paidAt.has(order_id)) paidAt.set(order_id, performance.now())
    },
  })
  await connection.flush()

  const send = (order: Order, number: number) =>
    new Promise<string>((resolve) => {
      const product_id = target.products[number % target.products.length]
      const body = JSON.stringify({ delivery_address: 'Tverskaya 1, Moscow', items: [{ product_id, quantity: 1 }] })
      const headers = {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        authorization: `Bearer ${target.tokens[number % target.tokens.length]}`,
      }
      const call = request({ hostname, port, path: '/api/orders', method: 'POST', agent, headers }, (answer) => {
        const chunks: Buffer[] = []
        answer.on('data', (chunk: Buffer) => chunks.push(chunk))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (answer.statusCode !== 201) return resolve(`${answer.statusCode} ${text.slice(0, 200)}`)
          order.answered = performance.now()
          order.order_id = JSON.parse(text).order_id
          resolve('201')
        })
        answer.on('error', (error) => resolve(error.message))
      })
      call.on('error', (error) => resolve(error.message))
      call.end(body)
    })

  return async ({ rate, seconds, patience }) => {
    paidAt.clear()
    const orders: Order[] = []
    const refused: Record<string, number> = {}
    const calls: Promise<void>[] = []
    const start = performance.now()
    for (let number = 0; number < rate * seconds; number++) {
      const due = start + (number * 1000) / rate
      const early = due - performance.now()
      if (early > 0.5) await sleep(early)
      const order: Order = { due, sent: performance.now() }
      orders.push(order)
      calls.push(
        send(order, number).then((outcome) => {
          if (outcome !== '201') refused[outcome] = (refused[outcome] ?? 0) + 1
        }),
      )
    }
    const end = start + seconds * 1000
    tell({ type: 'sent' })
    const allPaid = () => orders.every(({ order_id }) => order_id !== undefined && paidAt.has(order_id))
    while (performance.now() < end + patience && !allPaid()) await sleep(50)
    await Promise.race([Promise.all(calls), sleep(5000)])
    const known = orders.map((order) => ({
      ...order,
      paid: paidAt.get(order.order_id ?? '') ?? Number.POSITIVE_INFINITY,
    }))
    const accepted = known.filter(({ answered }) => answered !== undefined)
    return {
      rate,
      seconds,
      sent: orders.length,
      accepted: accepted.length,
      paid: known.filter(({ paid }) => paid !== Number.POSITIVE_INFINITY).length,
      paid_in_time: known.filter(({ paid }) => paid <= end + grace).length,
      refused,
      post: quantilesOf(known.map(({ due, answered = Number.POSITIVE_INFINITY }) => answered - due)),
      journey: quantilesOf(known.map(({ due, paid }) => paid - due)),
      accept_to_paid: quantilesOf(accepted.map(({ answered = 0, paid }) => Math.max(0, paid - answered))),
      lateness: quantilesOf(orders.map(({ due, sent }) => sent - due)),
    }
  }
}

let run: ((step: Step) => Promise<StepResult>) | undefined

const obey = async (message: ToGenerator) => {
  if (message.type === 'aim') {
    run = await aim(message.target)
    tell({ type: 'ready' })
  } else {
    if (run === undefined) throw new Error('a step came before the target')
    tell({ type: 'result', result: await run(message.step) })
  }
}

process.on('message', (message: ToGenerator) => {
  obey(message).catch((error: unknown) => tell({ type: 'failed', reason: String(error) }))
})
process.on('disconnect', () => process.exit(0))
