// Short words about what was just done, for a few seconds, and to screen readers.
import { CircleCheck } from 'lucide-react'
import { useEffect } from 'react'
import { create } from 'zustand'
import style from './toasts.module.css'

type Toast = { id: number; words: string }

const useToasts = create<{ toasts: readonly Toast[] }>(() => ({ toasts: [] }))
const shownFor = 5000
let last = 0

/** Says it on whatever page is open. */
export const toast = (words: string): void =>
  useToasts.setState(({ toasts }) => ({ toasts: [...toasts.slice(-2), { id: ++last, words }] }))

const remove = (id: number) =>
  useToasts.setState(({ toasts }) => ({ toasts: toasts.filter((present) => present.id !== id) }))

// Base UI's Toast does the same in 15 kB (compressed) of the first load; these carry no buttons, so a live region is enough.
export const Toasts = () => {
  const { toasts } = useToasts()
  return (
    <div className={style.viewport} role="status" aria-live="polite">
      {toasts.map(({ id, words }) => (
        <ToastLine key={id} id={id} words={words} />
      ))}
    </div>
  )
}

const ToastLine = ({ id, words }: Toast) => {
  useEffect(() => {
    const timer = setTimeout(() => remove(id), shownFor)
    return () => clearTimeout(timer)
  }, [id])
  return (
    <div className={style.toast}>
      <CircleCheck size={20} aria-hidden="true" />
      {words}
    </div>
  )
}
