// Everything the history holds of one order, page by page.
import { type InputOf, listAuditEvents, type OutputOf } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit/errors'
import type { Ask } from '../calls.ts'
import { Failure } from '../failure.ts'

export type AuditRecord = OutputOf<typeof listAuditEvents>['items'][number]

/** The order's events in the order of the history. */
export const historyOf = async (ask: Ask, order_id: string): Promise<AuditRecord[]> => {
  const records: AuditRecord[] = []
  const filter: InputOf<typeof listAuditEvents> = { order_id, limit: 100 }
  for (;;) {
    const page = await ask(listAuditEvents, filter)
    if (page instanceof Rejection) throw new Failure('failed', `The history was refused: ${page.detail}`)
    records.push(...page.items)
    if (page.next_cursor === null) return records
    filter.cursor = page.next_cursor
  }
}
