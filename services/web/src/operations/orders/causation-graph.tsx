// What caused what, as a nested list whose lines lead from each cause to its effects; the data of an event on demand.
import type { AuditRecord } from '../../generated/api.ts'
import { Badge } from '../../ui/notice.tsx'
import { Json } from '../message.tsx'
import piece from '../piece.module.css'
import { Disclosure, Facts, Moment } from '../piece.tsx'
import { useMeasures, useWords } from '../words.ts'
import { causationOf, type Node } from './causation.ts'
import style from './causation-graph.module.css'

export const CausationGraph = ({ events }: { events: readonly AuditRecord[] }) => {
  const { orders } = useWords()
  return (
    <ul className={style.graph} aria-label={orders.causes}>
      {causationOf(events).map((node) => (
        <Branch key={node.event.sequence} node={node} />
      ))}
    </ul>
  )
}

const Branch = ({ node: { event, after_ms, is_orphan, effects } }: { node: Node<AuditRecord> }) => {
  const { orders } = useWords()
  const { duration } = useMeasures()
  return (
    <li id={event.event_id ?? undefined} className={style.node}>
      <Disclosure
        summary={
          <span className={style.summary}>
            <span className={style.type}>{event.type}</span>
            <span className={piece.soft}>{event.source}</span>
            <span className={style.when}>
              <Moment at={event.time} exact />
              {after_ms !== null && <span className={style.after}>{orders.after(duration(after_ms))}</span>}
              {is_orphan && <Badge>{orders.outside}</Badge>}
            </span>
          </span>
        }
      >
        {() => <EventDetails event={event} />}
      </Disclosure>
      {effects.length > 0 && (
        <ul className={style.effects}>
          {effects.map((effect) => (
            <Branch key={effect.event.sequence} node={effect} />
          ))}
        </ul>
      )}
    </li>
  )
}

/** All that the history says of an event. */
export const EventDetails = ({ event }: { event: AuditRecord }) => {
  const { audit, common } = useWords()
  const id = (text: string | null) => text && <span className={piece.mono}>{text}</span>
  return (
    <>
      <Facts
        facts={[
          [audit.place, event.sequence],
          [common.time, <Moment key="time" at={event.time} />],
          [audit.event, id(event.event_id) ?? audit.noEvent],
          [audit.cause, id(event.causation_id)],
          [audit.subject, id(event.subject)],
        ]}
      />
      <Json value={event.data} label={common.data} />
    </>
  )
}
