// A traced order as people read it at a terminal: what it is, its timeline, and what it waits for.

import { color } from '../terminal.ts'
import { span } from '../time.ts'
import { moneyText, pairs } from '../values.ts'
import { waitingText } from './steps.ts'
import type { Entry } from './timeline.ts'
import type { Trace } from './trace.ts'

/** The whole answer. `wide` adds ids, causes, places in the history, and cuts nothing. */
export const traceText = (trace: Trace, order_id: string, wide: boolean): string =>
  [
    ...head(trace, order_id),
    '',
    ...timeline(trace.timeline, wide),
    '',
    ...end(trace),
    ...trace.unread.map(({ part, reason }) => color.yellow(`not read: ${part} (${reason})`)),
  ].join('\n')

const head = ({ order, saga, payment, delivery }: Trace, order_id: string): string[] => {
  const status = order?.status ?? saga?.status ?? 'UNKNOWN'
  const reason = order?.reason ?? saga?.reason
  const lines: [string, string | null | undefined][] = [
    ['customer', order?.user_id ?? saga?.user_id],
    ['placed', order?.created_at],
    ...(order?.items ?? []).map(({ quantity, name, price, product_id }, index): [string, string] => [
      index === 0 ? 'items' : '',
      `${quantity} × ${name}, ${moneyText(price)} ${color.dim(product_id)}`,
    ]),
    ['total', order && moneyText(order.total)],
    ['to', order?.delivery_address],
    ['payment', payment && words(payment.status, payment.reason, payment.payment_id)],
    ['delivery', delivery && words(delivery.status, delivery.courier?.name, delivery.note, delivery.delivery_id)],
    ['saga', saga && words(saga.status, saga.step && `step ${saga.step}`, saga.reason)],
  ]
  return [
    `${color.bold(`Order ${order_id}`)}  ${tint(status)(status)}${reason ? ` (${reason})` : ''}`,
    ...lines.flatMap(([name, text]) => (text ? [`  ${name.padEnd(10)}${text}`] : [])),
  ]
}

const words = (...parts: (string | null | undefined)[]) => parts.filter(Boolean).join(', ')

const tint = (status: string) =>
  status === 'COMPLETED' ? color.green : status === 'CANCELLED' || status === 'COMPENSATING' ? color.red : color.cyan

const marks: Record<Entry['kind'], (text: string) => string> = {
  event: (text) => text,
  command: color.magenta,
  fact: color.yellow,
  ledger: color.cyan,
  letter: color.blue,
  dead_letter: color.red,
}

const kinds: Record<Entry['kind'], string> = {
  event: '',
  command: 'command: ',
  fact: 'fact: ',
  ledger: 'ledger: ',
  letter: 'letter: ',
  dead_letter: 'dead letter: ',
}

/** To the millisecond within the first minute: what follows on what is seen by it. */
const precisely = (ms: number) => (ms >= 1000 && ms < 60_000 ? `${(ms / 1000).toFixed(3)} s` : span(ms))

const timeline = (entries: readonly Entry[], wide: boolean): string[] => {
  if (entries.length === 0) return ['Nothing is known to have happened yet.']
  const rows = entries.map(({ after_ms, took_ms, service, kind, name, detail, ...rest }) => ({
    after: `+${precisely(after_ms)}`,
    took: took_ms === null ? '' : `(${precisely(took_ms)})`,
    service,
    what: `${kinds[kind]}${name}`,
    mark: marks[kind],
    detail: pairs(detail, wide ? Number.POSITIVE_INFINITY : 100),
    more: wide ? pairs({ at: rest.at, sequence: rest.sequence, id: rest.id, caused_by: rest.causation_id }, 1000) : '',
  }))
  const width = (column: 'after' | 'took' | 'service' | 'what') => Math.max(...rows.map((row) => row[column].length))
  const [after, took, service, what] = [width('after'), width('took'), width('service'), width('what')]
  return rows.map((row) =>
    [
      row.after.padStart(after),
      color.dim(row.took.padStart(took)),
      color.dim(row.service.padEnd(service)),
      row.mark(row.what.padEnd(what)),
      row.detail,
      color.dim(row.more),
    ]
      .join('  ')
      .trimEnd(),
  )
}

const end = ({ order, saga, waiting, timeline: entries }: Trace): string[] => {
  if (waiting) return [`${color.bold('waits for')} ${waitingText(waiting)}`]
  const status = saga?.status ?? order?.status
  if (status !== 'COMPLETED' && status !== 'CANCELLED')
    return ['What it waits for is not known: no saga is known of it.']
  const last = entries.findLast(({ kind }) => kind === 'event')
  return [`${color.bold('waits for')} nothing: it is ${status}${last ? ` after ${span(last.after_ms)}` : ''}`]
}
