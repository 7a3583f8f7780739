// The way to what a line of the overview is about: another page, or a place on this one.
import type { ReactNode } from 'react'
import { Link } from 'react-router'

export const Way = ({
  to,
  className,
  children,
}: {
  to: string
  className?: string | undefined
  children: ReactNode
}) =>
  // The browser itself goes to a place on the page, and marks it (:target).
  to.startsWith('#') ? (
    <a href={to} className={className}>
      {children}
    </a>
  ) : (
    <Link to={to} className={className}>
      {children}
    </Link>
  )
