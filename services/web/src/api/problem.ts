// What can go wrong with a call, as one kind of error: a problem document of the API, or no answer at all.
import type { Problem } from '../generated/api.ts'

export type ProblemCode = Problem['code']

/** The API refused or failed. `code` keeps its meaning; `fields`: what does not fit, by the name of the field. */
export class ApiProblem extends Error {
  readonly code: ProblemCode
  readonly status: number
  readonly fields: Readonly<Record<string, string>>

  constructor({ code, status, title, detail, errors = [] }: Problem) {
    super(detail ?? title)
    this.name = 'ApiProblem'
    this.code = code
    this.status = status
    this.fields = Object.fromEntries(errors.map(({ path, message }) => [path, message]))
  }
}

/** No answer came: the network is away, the gateway restarts, or it took too long. Trying again may help. */
export class Unreachable extends Error {
  constructor(cause?: unknown) {
    super('The server does not answer.', { cause })
    this.name = 'Unreachable'
  }
}

/** Whether there is no such thing, or not yet, or not for this user; an address that names nothing at all is refused as it is. */
export const isMissing = (error: unknown): boolean =>
  error instanceof ApiProblem && (error.code === 'not_found' || error.code === 'invalid_request')

/** Whether the same call may succeed a moment later. */
export const mayHeal = (error: unknown): boolean =>
  error instanceof Unreachable || (error instanceof ApiProblem && (error.status >= 500 || error.status === 429))
