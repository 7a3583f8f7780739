// A row of the tail as elements: all of it text, never HTML. The rest of an event is added when its row is opened.
import { shortId } from '../../shop/order-status.tsx'
import { isId } from '../piece.tsx'
import style from './live-page.module.css'
import type { LiveEvent, Rows } from './tail.ts'

/** The order that an event belongs to; null where it belongs to none. */
const orderOf = ({ data, type, aggregate }: LiveEvent): string | null => {
  if (typeof data.order_id === 'string' && isId(data.order_id)) return data.order_id
  return type.startsWith('order_') && isId(aggregate) ? aggregate : null
}

const element = (name: string, className: string | undefined): HTMLElement => {
  const made = document.createElement(name)
  if (className) made.className = className
  return made
}

const blank = (): HTMLElement => {
  const row = element('li', style.row)
  const opener = element('button', style.opener)
  opener.setAttribute('type', 'button')
  opener.append(element('span', style.time), element('span', style.type), element('span', style.source))
  row.append(opener, element('a', style.about))
  return row
}

/** The rows of events, whose times `instant` writes. */
export const rowsOf = (instant: (iso: string) => string): Rows => {
  // Copied for each row: faster than making each element anew.
  const template = blank()
  return {
    make: () => template.cloneNode(true) as HTMLElement,
    fill: (row, event) => {
      const [opener, about, inside] = row.children
      inside?.remove()
      opener?.setAttribute('aria-expanded', 'false')
      const words = [instant(event.time), event.type, event.source]
      for (const [n, span] of [...(opener?.children ?? [])].entries()) span.textContent = words[n] ?? ''
      const order = orderOf(event)
      const journey = new URLSearchParams({ correlation_id: event.correlation_id })
      about?.setAttribute('href', order === null ? `/operations/audit?${journey}` : `/operations/orders/${order}`)
      about?.setAttribute('title', order ?? event.aggregate)
      if (about) about.textContent = shortId(order ?? event.aggregate)
    },
  }
}

/** Opens a row to what the event says, or closes it; returns whether it is open now. */
export const toggleRow = (row: Element, event: LiveEvent, label: string): boolean => {
  const [opener, , inside] = row.children
  opener?.setAttribute('aria-expanded', String(!inside))
  if (inside) {
    inside.remove()
    return false
  }
  const code = element('figure', style.code)
  code.tabIndex = 0
  code.setAttribute('aria-label', label)
  const text = document.createElement('pre')
  text.textContent = JSON.stringify(event, null, 2)
  code.append(text)
  row.append(code)
  return true
}
