// The token of a letter's link. It stands behind the #, which browsers send to no server.
import { useState } from 'react'

/** The token, taken out of the address so that it is in no history and no screenshot; undefined when the link held none. */
export const useLetterToken = (): string | undefined => {
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token') ?? undefined)
  if (location.hash !== '') history.replaceState(history.state, '', location.pathname)
  return token
}
