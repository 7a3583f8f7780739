// Puts right what can be put right of orders whose services disagree, as an operator would with the commands of each repair, and looks again.
import { setTimeout as sleep } from 'node:timers/promises'
import type { ProjectionName } from '@deliveryflow/contracts'
import { rebuild } from '../audit/projection.ts'
import { Failure } from '../failure.ts'
import { type Acting, compensate, retry } from '../order/act.ts'
import { during } from '../terminal.ts'
import { lookAt } from '../verify/look.ts'
import type { Disagreement } from '../verify/orders.ts'

/** `well`: orders that fit now; `wrong`: what does not; `refused`: repairs that were, and why; `replays`: to be finalized. */
export type Mended = {
  well: string[]
  wrong: Disagreement[]
  refused: { repair: string; why: string }[]
  replays: string[]
}

/** The orders that a repair is known for. */
export const mendable = (wrong: readonly Disagreement[]): string[] => [
  ...new Set(wrong.filter(({ repair }) => repair.kind !== 'look').map(({ order_id }) => order_id)),
]

/** Milliseconds within which what a repair began has reached everybody, when all is well. */
const patience = 20_000

/** Runs the repairs of these orders. A repair that is refused is told of; a service that does not answer is an `unhealthy` Failure. */
export const mend = async (acting: Acting, order_ids: readonly string[], timeout: number): Promise<Mended> => {
  const { target, ask, reason } = acting
  const mended: Mended = { well: [], wrong: [], refused: [], replays: [] }
  const attempt = async (command: string, repair: () => Promise<unknown>) => {
    try {
      await repair()
    } catch (error) {
      if (!(error instanceof Failure) || error.kind === 'unhealthy') throw error
      mended.refused.push({ repair: command, why: error.message })
    }
  }
  const projections = new Map<ProjectionName, string>()
  await during('Mending orders', async ({ update }) => {
    for (const [done, order_id] of order_ids.entries()) {
      update(`${done} of ${order_ids.length}`)
      // As it is now: it may have become well since it was listed, and an order that is must not be undone.
      for (const { repair, next } of distinct(await lookAt(target, [order_id]))) {
        if (repair.kind === 'rebuild') projections.set(repair.projection, next)
        else if (repair.kind === 'compensate') await attempt(next, () => compensate(acting, order_id))
        else if (repair.kind === 'retry')
          for (const { error, ...handed } of await retry(acting, order_id))
            if (error !== null)
              mended.refused.push({ repair: next, why: `${handed.service} ${handed.subject}: ${error}` })
      }
    }
  })
  for (const [projection, command] of projections)
    await attempt(command, async () => {
      const { replay } = await rebuild(target, ask, { projection, reason, timeout })
      mended.replays.push(replay.job)
    })
  await during('Looking again', async ({ conclude }) => {
    const deadline = Date.now() + patience
    do {
      mended.wrong = await lookAt(target, order_ids)
    } while (mended.wrong.length > 0 && Date.now() < deadline && (await sleep(1000, true)))
    const wrong = new Set(mended.wrong.map(({ order_id }) => order_id))
    mended.well = order_ids.filter((order_id) => !wrong.has(order_id))
    conclude(`${mended.well.length} of ${order_ids.length} orders are well now`)
  })
  return mended
}

/** One of each repair. */
const distinct = (found: readonly Disagreement[]): Disagreement[] => [
  ...new Map(found.map((one) => [one.next, one])).values(),
]
