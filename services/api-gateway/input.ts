// Checks the input of an operation by its contract, so that bad input never reaches a service.
import type { HttpOperation } from '@deliveryflow/contracts'
import { type Rejection, reject } from '@deliveryflow/kit'
import type { z } from 'zod'

/** The parts of a request that contracts speak of; header names in lower case. */
export type Input = { params: unknown; query: unknown; headers: unknown; body: unknown }

const parts = ['params', 'query', 'headers', 'body'] as const

/** So many errors say enough; a body can hold thousands. */
const maxErrors = 50

/**
 * Makes the check of one operation: the input as its schemas yield it, parts without a schema undefined, or
 * `invalid_request` with `errors: [{ path, message }]` for every field that does not fit.
 */
export const inputCheck = (operation: HttpOperation): ((given: Input) => Input | Rejection) => {
  const schemas = parts.flatMap((part) => {
    const schema = operation[part]
    return schema ? [{ part, schema }] : []
  })
  return (given) => {
    const checked: Input = { params: undefined, query: undefined, headers: undefined, body: undefined }
    const issues: z.core.$ZodIssue[] = []
    for (const { part, schema } of schemas) {
      const result = schema.safeParse(given[part])
      if (result.success) checked[part] = result.data
      else issues.push(...result.error.issues)
    }
    return issues.length === 0 ? checked : refusal(issues)
  }
}

const refusal = (issues: readonly z.core.$ZodIssue[]): Rejection => {
  const errors = issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'is not known here' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  )
  const names = [...new Set(errors.map(({ path }) => path || 'the body'))].slice(0, 5).join(', ')
  return reject('invalid_request', `Correct what does not fit: ${names}. See errors for each reason.`, {
    errors: errors.slice(0, maxErrors),
  })
}
