// The tail of everything as it happens: narrowed by type or order, paused at will, fast enough for a busy system.
import { Pause, Play } from 'lucide-react'
import { type MouseEvent, useRef, useState } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { Button } from '../../ui/button.tsx'
import { Badge, Empty } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Filters } from '../filters.tsx'
import piece from '../piece.module.css'
import { idPattern } from '../piece.tsx'
import { useMeasures, useWords } from '../words.ts'
import style from './live-page.module.css'
import { toggleRow } from './row.ts'
import { mostRows } from './tail.ts'
import { type Filter, type Standing, useLiveTail } from './use-live-tail.ts'

export default function LivePage() {
  const { live } = useWords()
  const [search] = useSearchParams()
  const [type, order_id] = [search.get('type')?.trim(), search.get('order_id')?.trim()]
  return (
    <Page title={live.title} lead={live.lead}>
      <Filters
        fields={[
          { name: 'type', label: live.filterType, maxLength: 100 },
          { name: 'order_id', label: live.filterOrder, pattern: idPattern, maxLength: 40 },
        ]}
      />
      <Tail key={search.toString()} filter={{ ...(type && { type }), ...(order_id && { order_id }) }} />
    </Page>
  )
}

const Tail = ({ filter }: { filter: Filter }) => {
  const { live, common } = useWords()
  const navigate = useNavigate()
  const list = useRef<HTMLOListElement>(null)
  const { standing, tail } = useLiveTail(list, filter)
  /** How many had been seen when it was paused; null while it runs. */
  const [pausedAt, setPausedAt] = useState<number | null>(null)
  const pause = () => {
    tail.current?.pause()
    setPausedAt((present) => present ?? standing.seen)
  }
  const resume = () => {
    tail.current?.resume()
    setPausedAt(null)
  }
  /** For all rows at once: they are not React's. */
  const onClick = (click: MouseEvent<HTMLElement>) => {
    const { target } = click
    if (!(target instanceof Element)) return
    const link = target.closest('a')
    if (link && !click.ctrlKey && !click.metaKey && !click.shiftKey) {
      click.preventDefault()
      void navigate(link.pathname + link.search)
    }
    const row = target.closest('button')?.closest('li')
    const event = row && tail.current?.eventOf(row)
    // What is read must not run away.
    if (event && toggleRow(row, event, common.data)) pause()
  }
  return (
    <Card>
      <div className={piece.spread}>
        <State standing={standing} pausedAt={pausedAt} />
        <div className={piece.row}>
          <Button look="quiet" size="small" onClick={pausedAt === null ? pause : resume}>
            {pausedAt === null ? <Pause size={16} aria-hidden="true" /> : <Play size={16} aria-hidden="true" />}
            {pausedAt === null ? live.pause : live.resume}
          </Button>
          <Button look="plain" size="small" onClick={() => tail.current?.clear()}>
            {live.clear}
          </Button>
        </div>
      </div>
      {standing.left_out > 0 && <p className={piece.soft}>{live.leftOut(standing.left_out)}</p>}
      {standing.seen === 0 && standing.connection === 'live' && <Empty title={live.waiting} text={live.waitingText} />}
      {standing.connection === 'refused' && <Empty title={live.refused} text={live.refusedText} />}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it (WCAG 2.1.1). */}
      <section className={style.frame} tabIndex={0} aria-label={live.events} hidden={standing.seen === 0}>
        {/* biome-ignore lint/a11y/useKeyWithClickEvents: the clicks are those of the buttons and links in it. */}
        <ol ref={list} className={style.rows} reversed onClick={onClick} />
      </section>
      {standing.seen > mostRows && <p className={piece.soft}>{live.newestOf(mostRows)}</p>}
    </Card>
  )
}

const State = ({ standing, pausedAt }: { standing: Standing; pausedAt: number | null }) => {
  const { live } = useWords()
  const { rate } = useMeasures()
  const { connection, per_second, seen } = standing
  return (
    <p className={piece.row}>
      {connection === 'live' ? (
        <Badge tone="good">
          <span className={style.dot} />
          {live.live}
        </Badge>
      ) : (
        <Badge tone={connection === 'refused' ? 'bad' : 'warn'}>{live[connection]}</Badge>
      )}
      <span className={style.rate}>{live.rate(rate(per_second))}</span>
      {pausedAt !== null && <span className={piece.soft}>{live.paused(seen - pausedAt)}</span>}
    </p>
  )
}
