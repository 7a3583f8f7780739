// The one error that this package throws for what people can put right; it leaves its printing to the caller.

/** Something about a backend that a person can put right: what happened, why, and what to do, as one line each. */
export class BackendError extends Error {
  readonly what: string
  readonly why: string
  readonly todo: string

  constructor(what: string, why: string, todo: string) {
    super(`${what}: ${why}. ${todo}`)
    this.name = 'BackendError'
    this.what = what
    this.why = why
    this.todo = todo
  }
}
