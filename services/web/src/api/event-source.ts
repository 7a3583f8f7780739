// Server-sent events of the API: signed in as every other call, and opened again whenever that may help.
import { EventSource } from 'eventsource'
import { authorizedFetch } from './client.ts'
import { Unreachable } from './problem.ts'

/** A failing server is one to come back to; an EventSource by itself would give up (it does so after any answer but 200). */
const followingFetch = async (url: string | URL, init: RequestInit): Promise<Response> => {
  const answer = await authorizedFetch(new Request(url, { ...init, credentials: 'omit', cache: 'no-store' }))
  if (answer.status >= 500 || answer.status === 429) throw new Unreachable(new Error(`HTTP ${answer.status}`))
  return answer
}

/**
 * Opens a stream of events. After a broken connection it goes on behind the last event it had, where the API knows that (HTML Standard,
 * 9.2: Last-Event-ID). Its `error` has a `code` when it has ended: 204 after the last event, another one where the server refuses.
 */
export const openEventSource = (path: string): EventSource => new EventSource(path, { fetch: followingFetch })
