// Looks for passed deadlines again and again. Any number of replicas may: each saga is in one hand at a time.
import { type Background, repeat, type Surroundings } from '@deliveryflow/kit'
import { expireOverdue, type SagaContext } from './handlers.ts'

const limit = 200

/** Starts sweeping. What fails is logged and tried again at the next sweep. */
export const startSweeper = async (context: SagaContext, { health }: Surroundings): Promise<Background> => {
  const { settings, log, hearing } = context
  const sweep = async (stopped: AbortSignal) => {
    const away = Object.values(await health()).some((state) => state !== 'ok')
    if (away) return hearing.lost()
    while (hearing.isCurrent() && !stopped.aborted) {
      const { overdue, late } = await expireOverdue(context, limit)
      if (overdue > 0) log.info({ late, sent_again: overdue - late }, 'deadlines have passed')
      if (overdue < limit) return
    }
  }

  return repeat(settings.SWEEP_MS, async (stopped) => {
    await sweep(stopped).catch((error: unknown) => {
      hearing.lost()
      log.warn({ err: error }, 'a sweep for passed deadlines failed; the next one tries again')
    })
    return settings.SWEEP_MS
  })
}
