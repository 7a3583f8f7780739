// An answer of server-sent events that is kept open: it beats, and ends with the token, with the gateway, or when the reader leaves. What
// it tells is others'. Format: HTML Living Standard, 9.2 "Server-sent events".
import { PassThrough, type Readable } from 'node:stream'
import { type Rejection, reject } from '@deliveryflow/kit'
import type { Asked, Gateway } from './handler.ts'

/** A comment: keeps the connection open through proxies, and no client takes it for an event. */
const heartbeat = ':\n\n'
const heartbeatEvery = 15_000

/** How long a client waits before it comes back, in milliseconds. */
const retry = 'retry: 2000\n\n'

export type EventStream = {
  readonly body: Readable
  /** Whether the reader takes less than it is sent: what is sent now only lies in memory. */
  readonly isFull: boolean
  send(text: string): void
  end(): void
}

/** Opens it. `onEnd`: once or several times, when nothing can be sent any more; `onBeat`: now and then. */
export const openEventStream = (
  { http, expires_at }: Pick<Asked, 'http' | 'expires_at'>,
  { held }: Pick<Gateway, 'held'>,
  { onEnd, onBeat }: { onEnd(): void; onBeat?(): void },
): EventStream => {
  const stream = new PassThrough()
  const send = (text: string) => {
    if (text !== '' && stream.writable) stream.write(text)
  }
  const end = () => {
    clearTimeout(expiry)
    clearInterval(beat)
    forget()
    onEnd()
    stream.end()
  }
  const beat = setInterval(() => {
    send(heartbeat)
    onBeat?.()
  }, heartbeatEvery)
  // Whoever may no longer ask may no longer listen.
  const expiry = setTimeout(end, expires_at - Date.now())
  const forget = held.add(end)
  stream.on('close', end)
  send(retry)
  http.set('Content-Type', 'text/event-stream')
  http.set('Cache-Control', 'no-store, no-transform')
  http.set('X-Accel-Buffering', 'no') // nginx would hold events back.
  return {
    body: stream,
    get isFull() {
      return stream.writableNeedDrain
    },
    send,
    end,
  }
}

/** Takes one more stream for this user; returns the function that gives it back, once, or the refusal where that is too many. */
export const takeSeat = ({ streams, streams_per_user }: Gateway, userId: string): (() => void) | Rejection => {
  const taken = streams.get(userId) ?? 0
  if (taken >= streams_per_user)
    return reject('too_many_requests', `You follow ${streams_per_user} streams of events already; close one of them.`)
  streams.set(userId, taken + 1)
  let given = false
  return () => {
    if (given) return
    given = true
    const left = (streams.get(userId) ?? 1) - 1
    if (left > 0) streams.set(userId, left)
    else streams.delete(userId)
  }
}
