// Every refusal and failure a caller can be told of: its stable code, HTTP status and title (RFC 9457).
import { z } from 'zod'

/** The table of problem codes. A code, once published, keeps its meaning. */
export const problems = {
  invalid_request: { status: 400, title: 'The request does not fit the contract' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  invalid_credentials: { status: 401, title: 'The credentials are not valid' },
  forbidden: { status: 403, title: 'Not allowed for this account' },
  cross_origin: { status: 403, title: 'Only pages of the same origin may do this' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'This method is not offered here' },
  insufficient_funds: { status: 406, title: 'The wallet does not hold enough' },
  order_refused: { status: 406, title: 'The order was cancelled before it was paid' },
  email_taken: { status: 409, title: 'This e-mail is already registered' },
  email_verified: { status: 409, title: 'The e-mail address is verified already' },
  account_exists: { status: 409, title: 'The user already has an account' },
  price_changed: { status: 409, title: 'A price is no longer true' },
  idempotency_conflict: { status: 409, title: 'This Idempotency-Key was used for a different request' },
  cancel_too_late: { status: 409, title: 'The order can no longer be cancelled' },
  history_conflict: { status: 409, title: 'The history holds something else there' },
  no_archive: { status: 409, title: 'The history is not archived' },
  replay_conflict: { status: 409, title: 'The read model is not in the state for this' },
  invalid_transition: { status: 409, title: 'This status cannot follow the present one' },
  already_reviewed: { status: 409, title: 'The product was reviewed already' },
  not_received: { status: 403, title: 'Only a product that was received can be reviewed' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  unsupported_media_type: { status: 415, title: 'Send JSON' },
  unknown_product: { status: 422, title: 'An ordered product does not exist' },
  mixed_currencies: { status: 422, title: 'All items of an order must have one currency' },
  currency_mismatch: { status: 422, title: 'The account is kept in another currency' },
  invalid_token: { status: 422, title: 'The token is not valid or has expired' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something went wrong on our side' },
  unavailable: { status: 503, title: 'A part of the system is not available' },
  timeout: { status: 504, title: 'The answer did not come in time' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

/** Whether a string is one of the published codes. */
export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code)

/** How a refusal is told over HTTP, as `application/problem+json`. A code may add members of its own. */
export const problemDocument = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457. errors: with invalid_request, each field that does not fit' })
export type ProblemDocument = z.infer<typeof problemDocument>
