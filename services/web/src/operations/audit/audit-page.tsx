// Everything that happened, newest first: narrowed by what it was about and when, each record whole on demand.
import { useInfiniteQuery } from '@tanstack/react-query'
import { ShieldCheck } from 'lucide-react'
import { Link, useSearchParams } from 'react-router'
import type { AuditRecord } from '../../generated/api.ts'
import { shortId } from '../../shop/order-status.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Empty } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Pages } from '../../ui/pages.tsx'
import { isRefusedFilter } from '../answer.tsx'
import { Filters } from '../filters.tsx'
import { EventDetails } from '../orders/causation-graph.tsx'
import piece from '../piece.module.css'
import { Disclosure, idPattern, Moment, OrderLink } from '../piece.tsx'
import { queries } from '../queries.ts'
import { useMeasures, useWords } from '../words.ts'
import style from './audit-page.module.css'
import { filterOf } from './filter.ts'

export default function AuditPage() {
  const { audit } = useWords()
  const [search] = useSearchParams()
  const filter = filterOf(search)
  const records = useInfiniteQuery(queries.audit(filter))
  const filtered = Object.keys(filter).length > 0
  const actions = (
    <ButtonLink to="/operations/audit/verify" look="quiet">
      <ShieldCheck size={18} aria-hidden="true" />
      {audit.verify}
    </ButtonLink>
  )
  const id = { pattern: idPattern, maxLength: 40 }
  return (
    <Page title={audit.title} lead={audit.lead} actions={actions}>
      <Filters
        fields={[
          { name: 'order_id', label: audit.order, ...id },
          { name: 'user_id', label: audit.user, ...id },
          { name: 'type', label: audit.type, maxLength: 100 },
          { name: 'correlation_id', label: audit.correlation, maxLength: 500 },
          { name: 'from', label: audit.from, type: 'datetime-local', step: 1 },
          { name: 'to', label: audit.to, type: 'datetime-local', step: 1 },
        ]}
        error={records.error}
      />
      {!isRefusedFilter(records.error) && (
        <Card title={audit.results}>
          <Pages
            to={records}
            outline={{ count: 6, height: 2.5 }}
            empty={
              filtered ? (
                <Empty title={audit.noneMatch} text={audit.noneMatchText} />
              ) : (
                <Empty title={audit.empty} text={audit.emptyText} />
              )
            }
          >
            {(items) => (
              <ul className={style.records}>
                {items.map((record) => (
                  <li key={record.sequence}>
                    <Disclosure summary={<Summary record={record} />}>
                      {() => (
                        <>
                          <Relations record={record} />
                          <EventDetails event={record} />
                        </>
                      )}
                    </Disclosure>
                  </li>
                ))}
              </ul>
            )}
          </Pages>
        </Card>
      )}
    </Page>
  )
}

const Summary = ({ record: { sequence, type, source, subject, time } }: { record: AuditRecord }) => {
  const { count } = useMeasures()
  return (
    <span className={style.summary}>
      <span className={style.place}>{count(sequence)}</span>
      <span className={style.type}>{type}</span>
      <span className={piece.soft}>{source}</span>
      <span className={style.about}>{shortId(subject)}</span>
      <span className={style.time}>
        <Moment at={time} />
      </span>
    </span>
  )
}

/** What else there is of the same order, user and type. */
const Relations = ({ record: { order_id, user_id, type, correlation_id } }: { record: AuditRecord }) => {
  const { audit, common } = useWords()
  const relations = [
    ['user_id', user_id, audit.user],
    ['correlation_id', correlation_id, audit.correlation],
    ['type', type, audit.type],
  ] as const
  return (
    <ul className={style.relations}>
      {order_id !== null && (
        <li>
          {common.orderWord}: <OrderLink id={order_id} whole />
        </li>
      )}
      {relations.map(
        ([name, value, label]) =>
          value !== null && (
            <li key={name}>
              {label}:{' '}
              <Link className={piece.mono} to={`/operations/audit?${new URLSearchParams({ [name]: value })}`}>
                {value}
              </Link>
            </li>
          ),
      )}
    </ul>
  )
}
