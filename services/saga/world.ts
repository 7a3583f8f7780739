// For tests of the saga alone: the services around it in miniature, pure and in memory. Each keeps its promises, tombstones
// included; when and in which order they are heard of is the test's choice.
import type { DeliveryStatus } from '@deliveryflow/contracts'
import { type Command, type Deadlines, type Heard, hear, lateStep, type Move, type Saga, sendAgain } from './domain.ts'

/** What a step's owner does: its work at once, its work only when the saga has given up, or it refuses. */
export type Behaviour = 'works' | 'late' | 'refuses'
export type Script = {
  reserve: Behaviour
  pay: Behaviour
  assign: Exclude<Behaviour, 'refuses'>
  deliver: Behaviour
  /** After how many deliveries the customer cancels; null: never. */
  customer: number | null
}
export const smooth: Script = { reserve: 'works', pay: 'works', assign: 'works', deliver: 'works', customer: null }

/** Chooses one of `n`; a test draws it at random or always takes the first. */
export type Choose = (n: number) => number
export const inOrder: Choose = () => 0

export const deadlines: Deadlines = {
  RESERVE_DEADLINE_MS: 100,
  PAY_DEADLINE_MS: 200,
  ASSIGN_DEADLINE_MS: 300,
  DELIVER_DEADLINE_MS: 400,
  COMMAND_DEADLINE_MS: 50,
}

const never = () => false
const id = (n: number) => `0198c0de-0000-7000-8000-${String(n).padStart(12, '0')}`
const head = { order_id: id(1), user_id: id(2) }
const total = { amount: 500, currency: 'RUB' }
const facts = { ...head, total, delivery_address: 'Tverskaya 1' }

export const newSaga = (): Saga => ({
  ...head,
  status: 'RUNNING',
  step: null,
  deadline_at: null,
  reason: null,
  facts: {},
  sent: {},
  version: 0,
})

type Post = { to: 'saga' | 'inventory' | 'payment' | 'delivery' | 'order' | 'courier'; what: Heard | Command | 'move' }

/** One order's world: the saga, the owners' states, and what is on its way between them. */
export class World {
  saga = newSaga()
  stock: 'none' | 'reserved' | 'rejected' | 'released' | 'voided' = 'none'
  money: 'none' | 'captured' | 'failed' | 'refunded' | 'voided' = 'none'
  parcel: DeliveryStatus | 'none' = 'none'
  order: 'open' | 'COMPLETED' | 'CANCELLED' = 'open'
  /** Everything the saga heard, and every command it sent, in order. */
  readonly heard: Heard[] = []
  readonly commands: Command[] = []
  readonly steps: string[] = []
  private readonly script: Script
  private readonly choose: Choose
  private readonly mail: Post[] = []
  private readonly held: Post[] = []
  private count = 10
  private time = 0

  constructor(script: Script, choose: Choose) {
    this.script = script
    this.choose = choose
    this.say({ type: 'order_created', data: { ...facts, items: [] } })
  }

  /**
   * Lets everything happen until the saga is final and nothing is on its way. Throws when that does not come. `twice`: which
   * types of messages are delivered two times; `impatient`: deadlines also pass while messages are on their way.
   */
  run({ twice = never, impatient = false }: { twice?: (type: string) => boolean; impatient?: boolean } = {}): this {
    for (let delivered = 0; this.mail.length > 0 || this.held.length > 0 || !this.isFinal; delivered++) {
      if (delivered > 2000) throw new Error(`No end: ${JSON.stringify(this.saga)}`)
      if (delivered === this.script.customer) this.cancelByCustomer()
      if (this.saga.status !== 'RUNNING' || this.isFinal) this.mail.push(...this.held.splice(0))
      if (this.mail.length === 0 || (impatient && this.choose(9) === 8)) this.passDeadline()
      const [post] = this.mail.splice(this.choose(this.mail.length), 1)
      if (!post) continue
      if (post.what !== 'move' && twice('contract' in post.what ? post.what.contract.type : post.what.type))
        this.deliver(post)
      this.deliver(post)
    }
    return this
  }

  get isFinal(): boolean {
    return this.saga.status === 'COMPLETED' || this.saga.status === 'CANCELLED'
  }

  private passDeadline() {
    if (this.saga.deadline_at === null) return
    this.time = Math.max(this.time, this.saga.deadline_at.getTime())
    const now = new Date(this.time)
    const step = lateStep(this.saga)
    if (step === null) return this.take(sendAgain(this.saga, now, deadlines))
    const late: Heard = { type: 'step_timed_out', data: { ...head, step }, id: id(this.count++), time: now }
    this.take(hear(this.saga, [late], now, deadlines))
    // It comes back from the stream, as every event does.
    this.mail.push({ to: 'saga', what: late })
  }

  private take(move: Move<Saga> | null) {
    if (!move) return
    this.saga = move.saga
    this.steps.push(`${move.saga.status} ${move.saga.step}`)
    const { command } = move
    if (!command) return
    this.commands.push(command)
    const owner = command.contract.type.split('.')[0]
    if (owner === 'inventory' || owner === 'payment' || owner === 'delivery' || owner === 'order')
      this.mail.push({ to: owner, what: command })
  }

  private deliver({ to, what }: Post) {
    if (what === 'move') this.moveParcel()
    else if ('contract' in what) this.obey(what)
    else if (to === 'saga') {
      this.heard.push(what)
      this.take(hear(this.saga, [what], new Date(++this.time), deadlines))
    } else this.react(to, what)
  }

  /** An event goes to the saga and to whoever goes on from it; who is late gets it when the saga has given up. */
  private say(event: Body<Heard>) {
    const what = { ...event, id: id(this.count++), time: new Date(++this.time) } as Heard
    this.mail.push({ to: 'saga', what })
    const next = {
      order_created: ['inventory', this.script.reserve],
      inventory_reserved: ['payment', this.script.pay],
      payment_captured: ['delivery', this.script.assign],
      delivery_status_updated: ['order', 'works'],
    } as const
    const [to, behaviour] = (what.type in next && next[what.type as keyof typeof next]) || []
    if (to) (behaviour === 'late' ? this.held : this.mail).push({ to, what })
  }

  private react(to: Post['to'], event: Heard) {
    if (to === 'inventory' && this.stock === 'none') {
      this.stock = this.script.reserve === 'refuses' ? 'rejected' : 'reserved'
      if (this.stock === 'reserved') this.say({ type: 'inventory_reserved', data: facts })
      else this.say({ type: 'inventory_rejected', data: { ...head, reason: 'OUT_OF_STOCK', shortages: [] } })
    }
    if (to === 'payment' && this.money === 'none') {
      this.money = this.script.pay === 'refuses' ? 'failed' : 'captured'
      if (this.money === 'captured') this.say({ type: 'payment_captured', data: { ...facts, payment_id: id(3) } })
      else this.say({ type: 'payment_failed', data: { ...head, total, reason: 'INSUFFICIENT_FUNDS' } })
    }
    if (to === 'delivery' && this.parcel === 'none') {
      this.parcel = 'PENDING'
      const courier = { courier_id: id(5), name: 'Ann' }
      this.say({ type: 'delivery_assigned', data: { ...head, delivery_id: id(4), courier } })
      const on = this.script.deliver === 'late' ? this.held : this.mail
      on.push({ to: 'courier', what: 'move' })
    }
    if (to === 'order' && this.order === 'open' && 'status' in event.data && event.data.status === 'DELIVERED') {
      this.order = 'COMPLETED'
      this.say({ type: 'order_completed', data: { ...head, total, items: [] } })
    }
  }

  private moveParcel() {
    const refuses = this.script.deliver === 'refuses'
    const next = { PENDING: 'IN_TRANSIT', IN_TRANSIT: refuses ? 'FAILED' : 'DELIVERED' } as const
    if (this.parcel !== 'PENDING' && this.parcel !== 'IN_TRANSIT') return
    this.tellParcel(next[this.parcel], 'courier')
    if (this.parcel === 'IN_TRANSIT') this.mail.push({ to: 'courier', what: 'move' })
  }

  private cancelByCustomer() {
    if (this.parcel === 'none' || this.parcel === 'PENDING') this.tellParcel('CANCELLED', 'customer')
  }

  private tellParcel(status: DeliveryStatus, by: 'courier' | 'customer' | 'saga') {
    this.parcel = status
    this.say({ type: 'delivery_status_updated', data: { ...head, delivery_id: id(4), status, by, note: null } })
  }

  private obey({ contract, data }: Command) {
    switch (contract.type) {
      case 'inventory.release':
        if (this.stock === 'none') this.stock = 'voided'
        if (this.stock === 'reserved') this.stock = 'released'
        return this.say({ type: 'inventory_released', data: { ...head, items: [] } })
      case 'payment.refund':
        if (this.money === 'none') this.money = 'voided'
        if (this.money === 'captured') this.money = 'refunded'
        return this.say({ type: 'payment_refunded', data: { ...head, payment_id: null, refunded: null } })
      case 'delivery.cancel': {
        const stopped = {
          none: 'CANCELLED',
          PENDING: 'CANCELLED',
          IN_TRANSIT: 'FAILED',
          OUT_FOR_DELIVERY: 'FAILED',
        } as const
        const { parcel } = this
        return this.tellParcel(
          parcel === 'DELIVERED' || parcel === 'FAILED' || parcel === 'CANCELLED' ? parcel : stopped[parcel],
          'saga',
        )
      }
      case 'order.cancel': {
        if (this.order === 'COMPLETED') throw new Error('A completed order was to be cancelled.')
        if (this.order === 'CANCELLED') return
        this.order = 'CANCELLED'
        if (!('reason' in data)) throw new Error('A cancellation without a reason.')
        const { reason } = data
        return this.say({ type: 'order_cancelled', data: { ...head, total, reason } })
      }
    }
  }
}

type Body<H> = H extends Heard ? Pick<H, 'type' | 'data'> : never
