// The one way to call the API: typed by its specification, signed in by itself, and every failure an ApiProblem or Unreachable.
import createClient from 'openapi-fetch'
import type { paths } from '../generated/api.ts'
import { ApiProblem, Unreachable } from './problem.ts'
import { accessToken, renewedToken, useSession } from './session.ts'

const patience = 20_000

/** fetch with the access token; a token that the API no longer takes is renewed once, and the request made again. */
export const authorizedFetch = async (request: Request): Promise<Response> => {
  const again = request.clone()
  const answer = await send(request, await accessToken())
  if (answer.status !== 401 || useSession.getState().status !== 'signed-in') return answer
  const renewed = await renewedToken()
  return renewed === null ? answer : send(again, renewed)
}

const send = async (request: Request, token: string | null): Promise<Response> => {
  if (token !== null) request.headers.set('authorization', `Bearer ${token}`)
  try {
    return await fetch(request)
  } catch (error) {
    if (request.signal.aborted && request.signal.reason?.name === 'AbortError') throw error
    throw new Unreachable(error)
  }
}

export const api = createClient<paths>({
  baseUrl: location.origin,
  credentials: 'omit',
  fetch: (request) => {
    const limited = new Request(request, { signal: AbortSignal.any([request.signal, AbortSignal.timeout(patience)]) })
    return authorizedFetch(limited)
  },
})

type Answer<T> = { data?: T; error?: unknown; response: Response }

/** The body of an answer. Throws `ApiProblem` for a refusal, and `Unreachable` for what no part of ours has said. */
export const dataOf = async <T>(answer: Promise<Answer<T>>): Promise<T> => {
  const { data, error, response } = await answer
  if (response.ok) return data as T
  if (isProblem(error)) throw new ApiProblem(error)
  throw new Unreachable(new Error(`HTTP ${response.status}`))
}

const isProblem = (error: unknown): error is ConstructorParameters<typeof ApiProblem>[0] =>
  typeof error === 'object' && error !== null && 'code' in error && 'title' in error
