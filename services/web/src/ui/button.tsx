// Buttons, and links that look like one.
import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'react-router'
import style from './button.module.css'

type Look = { look?: 'main' | 'quiet' | 'plain' | 'danger'; size?: 'normal' | 'small' | 'icon' | 'wide' }

const classOf = ({ look = 'main', size = 'normal' }: Look) =>
  [style.button, look !== 'main' && style[look], size !== 'normal' && style[size]].filter(Boolean).join(' ')

/** `busy`: it was pressed, and what it does is under way; pressing again does nothing meanwhile. */
export const Button = ({
  look,
  size,
  busy = false,
  children,
  onClick,
  ...rest
}: Omit<ComponentProps<'button'>, 'className'> & Look & { busy?: boolean }) => (
  <button
    type="button"
    {...rest}
    className={classOf({ look, size })}
    // Not `disabled`: that would take the focus away from whoever has just pressed it.
    aria-disabled={busy || undefined}
    onClick={(event) => (busy ? event.preventDefault() : onClick?.(event))}
  >
    {busy && <span className={style.busy} aria-hidden="true" />}
    {children}
  </button>
)

export const ButtonLink = ({ to, look, size, children }: Look & { to: string; children: ReactNode }) => (
  <Link to={to} className={classOf({ look, size })}>
    {children}
  </Link>
)
