// Which records an address asks for. Pure.
import type { AuditFilter } from '../queries.ts'

/** The fields of the address are written as people do: their clock's time, ids with blanks around them. What says nothing is left out. */
export const filterOf = (search: URLSearchParams): AuditFilter => {
  const of = (name: string) => search.get(name)?.trim() || undefined
  const [order_id, user_id, type, correlation_id] = [of('order_id'), of('user_id'), of('type'), of('correlation_id')]
  const [from, to] = [momentOf(of('from')), momentOf(of('to'))]
  return {
    ...(order_id && { order_id: order_id.toLowerCase() }),
    ...(user_id && { user_id: user_id.toLowerCase() }),
    ...(type && { type }),
    ...(correlation_id && { correlation_id }),
    ...(from && { from }),
    ...(to && { to }),
  }
}

const momentOf = (text: string | undefined): string | undefined => {
  const moment = new Date(text ?? '')
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}
