// Small pieces that every page of the desk is made of: moments, ids, what opens on demand, facts, and words to copy.
import { ChevronRight, Copy as CopyIcon } from 'lucide-react'
import { type ReactNode, useState } from 'react'
import { Link } from 'react-router'
import { shortId } from '../shop/order-status.tsx'
import { Button } from '../ui/button.tsx'
import { toast } from '../ui/toasts.tsx'
import style from './piece.module.css'
import { useMeasures, useWords } from './words.ts'

/** A moment; `exact`: the time of day with its milliseconds, where events lie close together. */
export const Moment = ({ at, exact = false }: { at: string; exact?: boolean }) => {
  const { moment, instant } = useMeasures()
  return (
    <time dateTime={at} title={exact ? moment(at) : at}>
      {exact ? instant(at) : moment(at)}
    </time>
  )
}

/** An order by the end of its id; it leads to the order's trace. */
export const OrderLink = ({ id, whole = false }: { id: string; whole?: boolean }) => (
  <Link to={`/operations/orders/${id}`} className={style.mono} title={id}>
    {whole ? id : shortId(id)}
  </Link>
)

export const isId = (text: string | null): text is string =>
  text !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

/** The browser checks fields by the same form that `isId` asks for. */
export const idPattern = '\\s*[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\\s*'

/** What is inside is made when it is opened, and gone when it is closed. */
export const Disclosure = ({ summary, children }: { summary: ReactNode; children: () => ReactNode }) => {
  const [open, setOpen] = useState(false)
  return (
    <details className={style.disclosure} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <ChevronRight size={16} aria-hidden="true" />
        <span>{summary}</span>
      </summary>
      {open && <div className={style.inside}>{children()}</div>}
    </details>
  )
}

/** Names with what they stand for; those without a value are left out. */
export const Facts = ({ facts }: { facts: readonly (readonly [string, ReactNode])[] }) => (
  <dl className={style.facts}>
    {facts
      .filter(([, value]) => value !== null && value !== undefined)
      .map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
)

/** Browsers let a page write to the clipboard only over https or on localhost; the words can be marked by hand anyway. */
export const Copy = ({ text, label }: { text: string; label: string }) => {
  const { common } = useWords()
  if (!navigator.clipboard) return null
  const copy = () =>
    void navigator.clipboard.writeText(text).then(
      () => toast(common.copied),
      () => undefined,
    )
  return (
    <Button look="quiet" size="icon" aria-label={label} title={label} onClick={copy}>
      <CopyIcon size={16} aria-hidden="true" />
    </Button>
  )
}

export const Progress = ({ value, max, label }: { value: number; max: number; label: string }) => (
  <progress className={style.progress} aria-label={label} value={Math.min(value, max)} max={Math.max(1, max)} />
)
