// The load generator, a process of its own: sends orders at a constant rate, whether or not answers come (an open loop).
// An order that waits for a connection, or is sent late, waits on the system's account: all counts from when it was due.
import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type FromGenerator, grace, type Step, type StepResult, type Target, type ToGenerator } from './messages.ts'
import { quantilesOf } from './quantiles.ts'
import { watchOrders } from './sightings.ts'

type Order = { due: number; sent: number; answered: number; order_id?: string }

const never = Number.POSITIVE_INFINITY
const tell = (message: FromGenerator) => process.send?.(message)

/** Connects to NATS and to the API, and returns what runs one step. */
const aim = async (target: Target): Promise<(step: Step) => Promise<StepResult>> => {
  const { hostname, port } = new URL(target.url)
  const agent = new Agent({ keepAlive: true, maxSockets: target.connections, scheduling: 'fifo' })
  const orders = await watchOrders(target.nats)

  /** Resolves with the status, and what was answered when it is not 201; notes in `order` when, and which order it is. */
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
        answer.on('error', (error) => resolve(error.message))
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          if (answer.statusCode !== 201) return resolve(`${answer.statusCode} ${text.slice(0, 200)}`)
          order.answered = performance.now()
          order.order_id = JSON.parse(text).order_id
          resolve('201')
        })
      })
      call.setTimeout(30_000, () => call.destroy(new Error('no answer within 30 s')))
      call.on('error', (error) => resolve(error.message))
      call.end(body)
    })

  return async ({ rate, seconds, patience, until }) => {
    orders.forget()
    const placed: Order[] = []
    const refused: Record<string, number> = {}
    const calls: Promise<void>[] = []
    const start = performance.now()
    for (let number = 0; number < rate * seconds; number++) {
      const due = start + (number * 1000) / rate
      // A timer may fire up to a millisecond early; nothing is sent before it is due.
      while (performance.now() < due) await sleep(due - performance.now())
      const order: Order = { due, sent: performance.now(), answered: never }
      placed.push(order)
      calls.push(
        send(order, number).then((outcome) => {
          if (outcome !== '201') refused[outcome] = (refused[outcome] ?? 0) + 1
        }),
      )
    }
    const end = start + seconds * 1000
    tell({ type: 'sent' })
    const arrived = () => placed.every(({ order_id }) => orders[until](order_id) !== never)
    while (performance.now() < end + patience && !arrived()) await sleep(50)
    await Promise.race([Promise.all(calls), sleep(5000)])
    const known = placed.map((order) => ({ ...order, paid: orders.paid(order.order_id) }))
    const accepted = known.filter(({ answered }) => answered !== never)
    const completed = placed.map(({ due, order_id }) => orders.completed(order_id) - due)
    return {
      rate,
      seconds,
      sent: placed.length,
      accepted: accepted.length,
      paid: known.filter(({ paid }) => paid !== never).length,
      paid_in_time: known.filter(({ paid }) => paid <= end + grace).length,
      completed: completed.filter((time) => time !== never).length,
      cancelled: orders.cancelled(),
      refused,
      post: quantilesOf(known.map(({ due, answered }) => answered - due)),
      journey: quantilesOf(known.map(({ due, paid }) => paid - due)),
      accept_to_paid: quantilesOf(accepted.map(({ answered, paid }) => Math.max(0, paid - answered))),
      to_completed: quantilesOf(completed),
      stages: orders.stages(accepted.flatMap(({ order_id }) => order_id ?? [])),
      lateness: quantilesOf(placed.map(({ due, sent }) => sent - due)),
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
