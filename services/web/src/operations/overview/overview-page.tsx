// The first page of the desk: whether the system is well, what needs attention first, and what each service does.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { CircleCheck, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { Notice, Skeleton, type Tone } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import { Answer } from '../answer.tsx'
import { live, queries } from '../queries.ts'
import { lagOf } from '../readings.ts'
import { useMeasures, useWords } from '../words.ts'
import { type Attention, attentionOf, deadLettersIn } from './attention.ts'
import { AttentionLine } from './attention-line.tsx'
import style from './overview-page.module.css'
import { ServicesTable } from './services-table.tsx'
import { Way } from './way.tsx'

export default function OverviewPage() {
  const { overview } = useWords()
  const services = useQuery(queries.services())
  const streams = useQuery(queries.streams())
  const stuck = useInfiniteQuery({ ...queries.stuckOrders(), refetchInterval: live })
  const late = stuck.data?.pages[0]
  const seen = {
    services: services.data,
    streams: streams.data?.items,
    stuck: late && { count: late.items.length, more: late.next_cursor !== null },
  }
  const unread = [services, streams, stuck].find(({ data, error }) => error && !data)
  const all = seen.services && seen.streams && seen.stuck
  return (
    <Page title={overview.title}>
      <Tiles {...seen} />
      <Card title={overview.attention}>
        {unread && <Problem error={unread.error} retry={unread.refetch} />}
        {!unread && !all && <Skeleton height={3} />}
        <AttentionList all={attentionOf(seen)} known={all !== undefined} />
      </Card>
      <Card title={overview.services}>
        <Answer to={services} outline={{ count: 6, height: 3 }}>
          {(readings) => <ServicesTable readings={readings} />}
        </Answer>
      </Card>
    </Page>
  )
}

/** `known`: whether all has been read that could need attention. */
const AttentionList = ({ all, known }: { all: readonly Attention[]; known: boolean }) => {
  const { overview } = useWords()
  if (all.length === 0)
    return known ? (
      <Notice tone="good">
        <p>{overview.fine}</p>
      </Notice>
    ) : null
  return (
    <ul className={style.attention}>
      {all.map((attention) => (
        <AttentionLine key={Object.values(attention).join(' ')} attention={attention} />
      ))}
    </ul>
  )
}

const Tiles = ({ services, streams, stuck }: Parameters<typeof attentionOf>[0]) => {
  const { overview } = useWords()
  const { count } = useMeasures()
  const items = services?.at(-1)?.items
  const up = items?.filter(({ instances }) => instances.length > 0).length
  const letters = streams && deadLettersIn(streams)
  const waiting = streams
    ?.flatMap(({ consumers }) => consumers)
    .reduce((sum, consumer) => sum + (lagOf(consumer) ?? 0), 0)
  return (
    <ul className={style.tiles}>
      <Tile to="#services" label={overview.up} tone={items && (up === items.length ? 'good' : 'bad')}>
        {items && `${up}/${items.length}`}
      </Tile>
      <Tile to="/operations/streams" label={overview.waiting}>
        {waiting !== undefined && count(waiting)}
      </Tile>
      <Tile
        to="/operations/dead-letters"
        label={overview.dead}
        tone={typeof letters === 'number' ? (letters > 0 ? 'warn' : 'good') : undefined}
      >
        {typeof letters === 'number' && count(letters)}
      </Tile>
      <Tile to="/operations/orders" label={overview.stuck} tone={stuck && (stuck.count > 0 ? 'bad' : 'good')}>
        {stuck && `${count(stuck.count)}${stuck.more ? '+' : ''}`}
      </Tile>
    </ul>
  )
}

const Tile = ({
  to,
  label,
  tone = 'plain',
  children,
}: {
  to: string
  label: string
  tone?: Tone | undefined
  children: ReactNode
}) => (
  <li className={style.tile} data-tone={tone}>
    <span className={style.figure}>{children || '–'}</span>
    <Way to={to} className={style.label}>
      {label}
    </Way>
    {tone === 'good' && <CircleCheck className={style.sign} size={20} aria-hidden="true" />}
    {(tone === 'bad' || tone === 'warn') && <TriangleAlert className={style.sign} size={20} aria-hidden="true" />}
  </li>
)
