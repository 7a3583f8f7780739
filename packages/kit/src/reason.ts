// What to tell people of whatever was thrown. Imports nothing, as a command line pays for each import at its start.

/** The message of whatever was thrown; of a refused connection to several addresses, which has none, the reason of each. */
export const reasonOf = (error: unknown): string => {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}
