// What lies on the broker: each stream with its consumers and how far behind they are, and who shares the work.
import { useQuery } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useLocation } from 'react-router'
import type { Stream, StreamConsumer } from '../../generated/api.ts'
import { ButtonLink } from '../../ui/button.tsx'
import { Badge, Empty, Notice } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Answer } from '../answer.tsx'
import { lagLimit } from '../overview/attention.ts'
import piece from '../piece.module.css'
import { Facts, Moment } from '../piece.tsx'
import { queries } from '../queries.ts'
import { handledPerSecond, lagOf } from '../readings.ts'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import { LagHistory } from './lag-history.tsx'
import style from './streams-page.module.css'
import { WorkerGroups } from './worker-groups.tsx'

export default function StreamsPage() {
  const { streams: words } = useWords()
  const streams = useQuery(queries.streams())
  useGoToHash(streams.data !== undefined)
  return (
    <Page title={words.title} lead={words.lead}>
      <Answer to={streams} outline={{ count: 4, height: 9 }}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.empty} text={words.emptyText} />
          ) : (
            <>
              {items.map((stream) => (
                <StreamCard key={stream.name} stream={stream} />
              ))}
              <WorkerGroups streams={items} />
            </>
          )
        }
      </Answer>
    </Page>
  )
}

/** What the address names is there only once it was read. */
const useGoToHash = (isThere: boolean) => {
  const { hash } = useLocation()
  useEffect(() => {
    if (isThere && hash !== '') document.getElementById(hash.slice(1))?.scrollIntoView()
  }, [isThere, hash])
}

const StreamCard = ({ stream: { name, about, problem, state, consumers } }: { stream: Stream }) => {
  const { streams, overview } = useWords()
  return (
    <div id={name} className={style.stream}>
      <Card title={name}>
        <div className={piece.spread}>
          <p className={piece.soft}>{about ?? streams.foreign}</p>
          <ButtonLink to={`/operations/streams/${name}`} look="quiet" size="small">
            {streams.open(name)}
          </ButtonLink>
        </div>
        {state ? (
          <StreamFacts state={state} />
        ) : (
          <Notice tone="bad">
            <p>{overview.streamUnread(name, problem ?? '')}</p>
          </Notice>
        )}
        {consumers.length === 0 ? (
          <p className={piece.soft}>{streams.noConsumers}</p>
        ) : (
          <Consumers stream={name} consumers={consumers} />
        )}
      </Card>
    </div>
  )
}

const StreamFacts = ({ state }: { state: NonNullable<Stream['state']> }) => {
  const { streams, common } = useWords()
  const { count, bytes } = useMeasures()
  const { messages, first_sequence, last_sequence, last_time, replicas, replicas_current, leader } = state
  const whole = replicas_current === replicas
  return (
    <Facts
      facts={[
        [streams.messages, count(messages)],
        [streams.size, bytes(state.bytes)],
        [streams.places, messages > 0 ? `${count(first_sequence)} – ${count(last_sequence)}` : common.none],
        [streams.newest, last_time === null ? common.never : <Moment key="newest" at={last_time} />],
        [
          streams.copies,
          <span key="copies" className={piece.row}>
            {whole ? replicas : <Badge tone="warn">{streams.current(replicas_current, replicas)}</Badge>}
            {leader && <span className={piece.soft}>{streams.leader(leader)}</span>}
          </span>,
        ],
      ]}
    />
  )
}

const Consumers = ({ stream, consumers }: { stream: string; consumers: readonly StreamConsumer[] }) => {
  const { streams, overview, common } = useWords()
  const { count, rate } = useMeasures()
  const handled = ({ samples }: StreamConsumer) => {
    const perSecond = handledPerSecond(samples)
    return perSecond === null ? '–' : overview.perSecond(rate(perSecond))
  }
  return (
    <Table
      label={streams.consumers(stream)}
      rows={consumers}
      keyOf={({ name }) => name}
      columns={[
        { title: streams.consumer, value: ({ name }) => name },
        { title: streams.lag, value: (consumer) => <Lag consumer={consumer} />, end: true },
        { title: streams.inHand, value: ({ state }) => (state ? count(state.ack_pending) : '–'), end: true },
        { title: streams.again, value: ({ state }) => (state ? count(state.redelivered) : '–'), end: true },
        { title: streams.speed, value: handled, end: true },
        { title: streams.last, value: (consumer) => <LagHistory consumer={consumer} />, long: true },
        {
          title: streams.active,
          long: true,
          value: ({ state }) => (state?.last_active ? <Moment at={state.last_active} /> : common.never),
        },
      ]}
    />
  )
}

const Lag = ({ consumer }: { consumer: StreamConsumer }) => {
  const { count } = useMeasures()
  const lag = lagOf(consumer)
  if (lag === null) return <Badge tone="bad">{consumer.problem}</Badge>
  return lag > lagLimit ? <Badge tone="warn">{count(lag)}</Badge> : count(lag)
}
