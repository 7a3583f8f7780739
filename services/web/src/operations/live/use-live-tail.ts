// The tail on a page: follows the events, counts them, and hands them to the rows. React hears of it once a second.
import { type RefObject, useEffect, useRef, useState } from 'react'
import { openEventSource } from '../../api/event-source.ts'
import type { LiveEvents } from '../../generated/api.ts'
import { useMeasures } from '../words.ts'
import { rateCounter } from './rate.ts'
import { rowsOf } from './row.ts'
import { startTail, type Tail } from './tail.ts'

export type Filter = { type?: string; order_id?: string }

/** `seen`: events so far; `left_out`: those that came faster than they could be sent. */
export type Standing = {
  connection: 'connecting' | 'live' | 'reconnecting' | 'refused'
  per_second: number
  seen: number
  left_out: number
}

const asFast = 1000

/** Follows for as long as the page is shown. A filter that changes is another page: give it a key. */
export const useLiveTail = (
  list: RefObject<HTMLElement | null>,
  { type, order_id }: Filter,
): { standing: Standing; tail: RefObject<Tail | null> } => {
  const { instant } = useMeasures()
  const tail = useRef<Tail | null>(null)
  const [standing, setStanding] = useState<Standing>({ connection: 'connecting', per_second: 0, seen: 0, left_out: 0 })

  useEffect(() => {
    if (!list.current) return
    const rows = startTail(list.current, rowsOf(instant))
    tail.current = rows
    const rate = rateCounter(performance.now())
    const counts = { seen: 0, left_out: 0 }
    const tell = (connection?: Standing['connection']) =>
      setStanding((present) => ({
        ...counts,
        connection: connection ?? present.connection,
        per_second: rate.perSecond(performance.now()),
      }))
    const query = new URLSearchParams({ ...(type && { type }), ...(order_id && { order_id }) })
    const source = openEventSource(`/api/operations/events?${query}`)
    source.addEventListener('events', ({ data }: MessageEvent<string>) => {
      const { events, left_out }: LiveEvents = JSON.parse(data)
      rows.add(events)
      rate.count(events.length + left_out, performance.now())
      // The first one replaces the words that nothing has happened.
      const isFirst = counts.seen === 0
      counts.seen += events.length
      counts.left_out += left_out
      if (isFirst) tell()
    })
    source.addEventListener('open', () => tell('live'))
    source.addEventListener('error', ({ code }) => tell(code === undefined ? 'reconnecting' : 'refused'))
    const telling = setInterval(tell, asFast)
    return () => {
      clearInterval(telling)
      source.close()
      rows.stop()
    }
  }, [list, type, order_id, instant])

  return { standing, tail }
}
