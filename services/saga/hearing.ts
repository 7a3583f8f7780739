// Whether the saga hears events as they happen. While it does not, silence says nothing, and no deadline is judged.

/** `heard`: a batch came in, and when its events happened. `lost`: events cannot come in. */
export type Hearing = { heard(times: readonly Date[]): void; lost(): void; isCurrent(): boolean }

/**
 * Starts without trust: after a pause the events that would have kept a deadline are still waiting in the stream. Trusts what
 * it hears once `grace_ms` have passed without a loss and without a batch whose newest event is older than that.
 */
export const hearing = (grace_ms: number, clock: () => number = Date.now): Hearing => {
  let currentFrom = clock() + grace_ms
  const lost = () => {
    currentFrom = clock() + grace_ms
  }
  return {
    heard: (times) => {
      const newest = Math.max(...times.map((time) => time.getTime()))
      if (newest < clock() - grace_ms) lost()
    },
    lost,
    isCurrent: () => clock() >= currentFrom,
  }
}

/** The saga's hearing, as a resource of the service. */
export const openHearing = async ({ settings }: { settings: { GRACE_MS: number } }) => ({
  resources: { hearing: hearing(settings.GRACE_MS) },
})
