// Answers `rpc.retry.<service>`: a message that was given up is handled once more, as its consumer would, and whoever asked hears how it went.
import type { ConsumerContract, InputOf, OutputOf, retryMessage } from '@deliveryflow/contracts'
import { isConnectionError, type Rejection, reject } from '../errors.ts'
import { failureOf } from '../messaging/dead-letter.ts'
import { headersOf } from '../messaging/headers.ts'
import type { Way } from './listen.ts'

type Retry = ReturnType<typeof retryMessage>

/**
 * Handles the message of the input. A failure is an answer, for the message's own sake; a database that is away is not one: that is
 * thrown, and the message is as it was.
 */
export const retryAnswer =
  (ways: readonly (readonly [ConsumerContract, Way])[]) =>
  async (input: InputOf<Retry>): Promise<OutputOf<Retry> | Rejection> => {
    const { stream, subject, sequence, stored_at, attempt } = input
    const [, way] = ways.find(([contract]) => contract.stream === stream) ?? []
    if (!way) return reject('invalid_request', `Nothing of ${stream} is heard here.`)
    const data = Buffer.from(input.body, 'base64')
    try {
      await way.handle({
        subject,
        headers: headersOf(input.headers),
        data,
        seq: sequence,
        time: new Date(stored_at),
        info: { deliveryCount: attempt },
      })
      return { outcome: 'handled' }
    } catch (error) {
      if (isConnectionError(error)) throw error
      const { error: reason, stack } = failureOf(error)
      return { outcome: 'failed', error: reason, stack }
    }
  }
