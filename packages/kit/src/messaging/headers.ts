// Headers of a message, made of pairs. Which ones a message bears is said by who sends it.
import { type MsgHdrs, headers as natsHeaders } from '@nats-io/transport-node'

/** Headers of these pairs, in their order; a name that comes several times has as many values. */
export const headersOf = (pairs: Iterable<readonly [name: string, value: string]>): MsgHdrs => {
  const made = natsHeaders()
  for (const [name, value] of pairs) made.append(name, value)
  return made
}
