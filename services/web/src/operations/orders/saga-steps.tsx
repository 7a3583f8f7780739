// The steps of an order's journey as the saga knows them: what happened when, what is waited for, and until when.
import type { Saga } from '../../generated/api.ts'
import { Badge } from '../../ui/notice.tsx'
import { useNow } from '../now.ts'
import piece from '../piece.module.css'
import { Moment } from '../piece.tsx'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import { stepsOf, waitedFor } from './standing.ts'

export const SagaSteps = ({ saga }: { saga: Saga }) => {
  const { orders } = useWords()
  const { duration } = useMeasures()
  return (
    <>
      <Table
        label={orders.saga}
        rows={stepsOf(saga)}
        keyOf={({ fact }) => fact}
        columns={[
          { title: orders.fact, value: ({ fact, event_id }) => <a href={`#${event_id}`}>{fact}</a> },
          { title: orders.at, value: ({ at }) => <Moment at={at} exact /> },
          { title: orders.took, value: ({ took_ms }) => (took_ms === null ? '–' : duration(took_ms)), end: true },
        ]}
      />
      <Waiting saga={saga} />
    </>
  )
}

const Waiting = ({ saga }: { saga: Saga }) => {
  const { orders, common } = useWords()
  const { roughly } = useMeasures()
  const now = useNow()
  const what = waitedFor(saga, orders)
  if (what === null) return null
  const left = saga.deadline === null ? null : Date.parse(saga.deadline) - now
  return (
    <p className={piece.row}>
      <span>{orders.waiting(what)}</span>
      {left === null ? (
        <span className={piece.soft}>{orders.noDeadline}</span>
      ) : (
        <Badge tone={left < 0 ? 'bad' : 'brand'}>
          {left < 0 ? orders.overdue(roughly(-left)) : orders.deadline(common.in(roughly(left)))}
        </Badge>
      )}
      {saga.deadline !== null && (
        <span className={piece.soft}>
          <Moment at={saga.deadline} />
        </span>
      )}
    </p>
  )
}
