// The present moment, for pages that say how long something goes on.
import { useEffect, useState } from 'react'

/** Milliseconds since 1970, anew each second while the page is shown. */
export const useNow = (): number => {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return now
}
