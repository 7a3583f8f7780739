// What delivery does unasked: gives waiting parcels away now and then, and plays couriers when the simulator is on.
import { type Background, type Log, repeat } from '@deliveryflow/kit'
import { assignWaiting, type DeliveryContext } from './assignment.ts'
import { simulate } from './simulator.ts'
import { letSimulatorPlay } from './store.ts'

/** Starts the passes; `stop` resolves when the one in hand has ended. */
export const startBackground = async (context: DeliveryContext): Promise<Background> => {
  const { db, transaction, settings, log } = context
  const passes = [
    patiently('parcels could not be given away', settings.ASSIGN_INTERVAL_MS, log, () =>
      transaction((tx) => assignWaiting(tx, settings)),
    ),
  ]
  if (settings.SIMULATOR) {
    let begun = false
    passes.push(
      patiently('the simulator could not move', Math.min(settings.SIMULATOR_STEP_MS / 4, 500), log, async () => {
        if (!begun) await letSimulatorPlay(db)
        begun = true
        return simulate(context)
      }),
    )
  }
  return { stop: async () => void (await Promise.all(passes.map((pass) => pass.stop()))) }
}

/** Runs a pass again and again: at once when it says that there is more to do, else after a pause. Failures are logged. */
const patiently = (failure: string, pause: number, log: Log, pass: () => Promise<boolean>): Background =>
  repeat(0, async () => {
    const more = await pass().catch((error: unknown) => {
      log.warn({ err: error }, `${failure}; it is tried again`)
      return false
    })
    return more ? 0 : pause
  })
