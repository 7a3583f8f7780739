// How a command fails: what happened, why, the next command to try, and the exit code that says which kind it is.
export { reasonOf } from '@deliveryflow/kit/reason'

/** Exit codes, the same for every command; a pipe may rely on them. */
export const exitCode = { done: 0, failed: 1, usage: 2, unhealthy: 3, not_found: 4, refused: 5 } as const

export type FailureKind = Exclude<keyof typeof exitCode, 'done'>

/** Ends a command with one message. Anything else that is thrown is a defect and shows its stack with --verbose. */
export class Failure extends Error {
  readonly kind: FailureKind
  /** Why it happened; a sentence. */
  readonly why: string | undefined
  /** What to do: usually the next command to try. */
  readonly next: string | undefined

  constructor(kind: FailureKind, what: string, options: { why?: string; next?: string; cause?: unknown } = {}) {
    super(what, { cause: options.cause })
    this.kind = kind
    this.why = options.why
    this.next = options.next
  }
}
