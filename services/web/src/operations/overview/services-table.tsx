// What each service does: its instances, and the calls that it answered, lately and since its start.
import type { ReactNode } from 'react'
import type { Service } from '../../generated/api.ts'
import { Badge } from '../../ui/notice.tsx'
import piece from '../piece.module.css'
import { recentWork, type ServicesReading, type Work, workSinceStart } from '../readings.ts'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import { type Judgement, judgeErrors, judgeLatency } from './attention.ts'
import { InstanceList } from './instance-list.tsx'
import style from './overview-page.module.css'

type Row = { service: Service; total: Work | null; recent: Work | null }

export const ServicesTable = ({ readings }: { readings: readonly ServicesReading[] }) => {
  const { overview } = useWords()
  const { columns } = overview
  const rows = (readings.at(-1)?.items ?? []).map(
    (service): Row => ({ service, total: workSinceStart(service), recent: recentWork(readings, service.name) }),
  )
  return (
    <div id="services" className={style.services}>
      <p className={piece.soft}>{overview.lastMinute}</p>
      <Table
        label={overview.services}
        rows={rows}
        keyOf={({ service }) => service.name}
        idOf={({ service }) => `service-${service.name}`}
        columns={[
          { title: columns.service, value: ({ service: { name, about } }) => <Name name={name} about={about} /> },
          { title: columns.instances, value: ({ service }) => <Instances service={service} />, end: true },
          { title: columns.version, value: ({ service }) => versionsOf(service) },
          { title: columns.requests, value: (row) => <Requests {...row} />, end: true },
          { title: columns.errors, value: (row) => <Errors {...row} />, end: true },
          { title: columns.latency, value: (row) => <Latency {...row} />, end: true },
        ]}
        detail={({ service }) => (service.instances.length > 0 ? () => <InstanceList service={service} /> : null)}
      />
    </div>
  )
}

const Name = ({ name, about }: { name: string; about: string }) => (
  <>
    {name}
    <br />
    <span className={style.about}>{about}</span>
  </>
)

const Instances = ({ service: { instances } }: { service: Service }) =>
  instances.length > 0 ? instances.length : <Badge tone="bad">0</Badge>

const versionsOf = ({ instances }: Service) => [...new Set(instances.map(({ version }) => version))].join(', ') || '–'

/** The figure of the last minute above that since the start. */
const Pair = ({ judgement = 'good', now, since }: { judgement?: Judgement; now: ReactNode; since: ReactNode }) => {
  const { overview } = useWords()
  return (
    <>
      {judgement === 'good' ? (
        now
      ) : (
        <Badge tone={judgement === 'bad' ? 'bad' : 'warn'}>
          {now} · {overview[judgement]}
        </Badge>
      )}
      <br />
      <span className={piece.soft}>{since}</span>
    </>
  )
}

const Requests = ({ total, recent }: Row) => {
  const { overview } = useWords()
  const { rate, count } = useMeasures()
  if (!total) return '–'
  return (
    <Pair
      now={recent?.per_second == null ? '…' : overview.perSecond(rate(recent.per_second))}
      since={count(total.requests)}
    />
  )
}

const Errors = ({ total, recent }: Row) => {
  const { share, count } = useMeasures()
  if (!total) return '–'
  const work = recent ?? total
  return (
    <Pair
      judgement={judgeErrors(work)}
      now={share(work.errors / Math.max(1, work.requests))}
      since={count(total.errors)}
    />
  )
}

const Latency = ({ total, recent }: Row) => {
  const { duration } = useMeasures()
  if (!total) return '–'
  const work = recent ?? total
  const text = ({ average_ms }: Work) => (average_ms === null ? '–' : duration(average_ms))
  return <Pair judgement={judgeLatency(work)} now={text(work)} since={text(total)} />
}
