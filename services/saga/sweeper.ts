// Looks for passed deadlines again and again. Any number of replicas may: each saga is in one hand at a time.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Background, Surroundings } from '@deliveryflow/kit'
import { expireOverdue, type SagaContext } from './handlers.ts'

const limit = 200

/** Starts sweeping. What fails is logged and tried again at the next sweep. */
export const startSweeper = async (context: SagaContext, { health }: Surroundings): Promise<Background> => {
  const { settings, log, hearing } = context
  const stopped = new AbortController()

  const sweep = async () => {
    const away = Object.values(await health()).some((state) => state !== 'ok')
    if (away) return hearing.lost()
    while (hearing.isCurrent() && !stopped.signal.aborted) {
      const { overdue, late } = await expireOverdue(context, limit)
      if (overdue > 0) log.info({ late, sent_again: overdue - late }, 'deadlines have passed')
      if (overdue < limit) return
    }
  }

  const running = (async () => {
    while (!stopped.signal.aborted) {
      await sleep(settings.SWEEP_MS, undefined, { signal: stopped.signal }).catch(() => undefined)
      if (stopped.signal.aborted) return
      await sweep().catch((error: unknown) => {
        hearing.lost()
        log.warn({ err: error }, 'a sweep for passed deadlines failed; the next one tries again')
      })
    }
  })()
  return {
    stop: async () => {
      stopped.abort()
      await running
    },
  }
}
