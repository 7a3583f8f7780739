// The three calls that begin, renew and end a session. They carry the cookie, and no token: client.ts's are the other way round.
import type { AccessToken } from '../generated/api.ts'
import { ApiProblem, Unreachable } from './problem.ts'

export type Session = AccessToken

/** Throws `ApiProblem` with `invalid_credentials` where e-mail and password do not fit. */
export const startSession = async (email: string, password: string): Promise<Session> => {
  const answer = await post('/api/session', { email, password })
  if (!answer.ok) throw new ApiProblem(await answer.json())
  return answer.json()
}

/** The session of the cookie with a new access token; null when there is none any more. */
export const renewSession = async (): Promise<Session | null> => {
  const answer = await post('/api/session/renew')
  if (answer.ok) return answer.json()
  if (answer.status === 401 || answer.status === 403) return null
  throw new Unreachable()
}

export const endSession = async (): Promise<void> => {
  const answer = await post('/api/session/end')
  if (!answer.ok && answer.status !== 401) throw new ApiProblem(await answer.json())
}

const post = async (path: string, body?: object): Promise<Response> => {
  try {
    return await fetch(path, {
      method: 'POST',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(15_000),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
  } catch (error) {
    throw new Unreachable(error)
  }
}
