// The frame of a page: its title, in the window and at the top of it, where a reader who navigates by keyboard arrives.
import { type ReactNode, useEffect, useRef } from 'react'
import style from './page.module.css'

/** `actions`: beside the title. The focus moves to the title when the page appears, so that screen readers begin there. */
export const Page = ({
  title,
  lead,
  width = 'wide',
  actions,
  children,
}: {
  title: string
  lead?: ReactNode
  width?: 'wide' | 'medium' | 'narrow'
  actions?: ReactNode
  children: ReactNode
}) => {
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · DeliveryFlow`
  }, [title])
  useEffect(() => {
    // On the first page of a visit the browser's own beginning is right.
    if (history.state?.idx > 0) heading.current?.focus({ preventScroll: true })
  }, [])
  return (
    <div className={[style.page, width !== 'wide' && style[width]].filter(Boolean).join(' ')}>
      <div className={style.head}>
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className={style.lead}>{lead}</p>}
        </div>
        {actions && <div className={style.actions}>{actions}</div>}
      </div>
      {children}
    </div>
  )
}

export const Card = ({ title, children }: { title?: string; children: ReactNode }) => (
  <section className={style.card} {...(title !== undefined && { 'aria-label': title })}>
    {title !== undefined && <h2>{title}</h2>}
    {children}
  </section>
)
