// What a page says beside its content: a notice, an empty place with what to do about it, a small label, and the outline of what loads.
import { CircleCheck, Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import { useText } from '../text/preferences.ts'
import style from './notice.module.css'

export type Tone = 'plain' | 'brand' | 'good' | 'warn' | 'bad'

const toned = (base: string | undefined, tone: Tone) => [base, style[tone]].filter(Boolean).join(' ')

const icons = { plain: Info, brand: Info, good: CircleCheck, warn: TriangleAlert, bad: TriangleAlert }

/** Told to screen readers too: at once where it is bad. */
export const Notice = ({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) => {
  const Icon = icons[tone]
  return (
    <div className={toned(style.notice, tone)} role={tone === 'bad' ? 'alert' : 'status'}>
      <Icon size={20} aria-hidden="true" />
      <div className={style.body}>{children}</div>
    </div>
  )
}

export const Empty = ({ title, text, children }: { title?: string; text: string; children?: ReactNode }) => (
  <div className={style.empty}>
    {title !== undefined && <h2>{title}</h2>}
    <p>{text}</p>
    {children}
  </div>
)

export const Badge = ({ tone = 'plain', children }: { tone?: Tone; children: ReactNode }) => (
  <span className={toned(style.badge, tone)}>{children}</span>
)

/** `count` bars of a height in rem, where content will be. */
export const Skeleton = ({ count = 1, height = 4 }: { count?: number; height?: number }) => {
  const text = useText()
  return (
    <div role="status" aria-label={text.loading} style={{ display: 'grid', gap: '0.75rem' }}>
      {Array.from({ length: count }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: bars are alike and never move.
        <span key={index} className={style.skeleton} style={{ height: `${height}rem` }} />
      ))}
    </div>
  )
}
