// Turns a question about many into one about each: what is asked at the same time is asked together, in one statement or call.
import { isConnectionError } from '@deliveryflow/kit'
import DataLoader from 'dataloader'

/** The most that are asked together; as many as a call between services takes. */
const most = 100

/**
 * `ask` gets what was asked of one `source` at about the same time and says the answers in the same order. The function that
 * comes back asks one thing and resolves to its own answer. Nothing is remembered: asked again, it is asked anew.
 *
 * `wait_ms`: how long the first waits for others. 0 is until the event loop has gone round, enough for those who were
 * answered together before and so ask together now; who waits longer without need handles that much less at a time.
 *
 * When `ask` throws, everybody gets its error while a dependency is away; any other error is halved until who caused it
 * stands alone, and the others get their answers. So `ask` must take effect for all it was given, or for none.
 */
export const batched = <Source extends object, Asked, Answer>(
  ask: (source: Source, asked: readonly Asked[]) => Promise<readonly Answer[]>,
  wait_ms = 0,
) => {
  const settled = async (source: Source, asked: readonly Asked[]): Promise<readonly (Answer | Error)[]> => {
    try {
      return await ask(source, asked)
    } catch (cause) {
      const error = cause instanceof Error ? cause : new Error(String(cause))
      if (asked.length === 1 || isConnectionError(error)) return asked.map(() => error)
      const middle = Math.ceil(asked.length / 2)
      const first = await settled(source, asked.slice(0, middle))
      return [...first, ...(await settled(source, asked.slice(middle)))]
    }
  }
  const loaders = new WeakMap<Source, DataLoader<Asked, Answer>>()
  const loaderOf = (source: Source) => {
    const present = loaders.get(source)
    if (present) return present
    const loader = new DataLoader<Asked, Answer>((asked) => settled(source, asked), {
      cache: false,
      maxBatchSize: most,
      batchScheduleFn: (dispatch) => (wait_ms === 0 ? setImmediate(dispatch) : setTimeout(dispatch, wait_ms)),
    })
    loaders.set(source, loader)
    return loader
  }
  return (source: Source, asked: Asked): Promise<Answer> => loaderOf(source).load(asked)
}
