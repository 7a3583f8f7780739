// A question over the page that must be answered before something is done that cannot be undone.
import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import style from './dialog.module.css'

/** `children`: what is asked beside the question, or what went wrong; `onConfirm` closes nothing by itself. */
export const Question = ({
  open,
  onClose,
  title,
  text,
  confirm,
  cancel,
  busy = false,
  onConfirm,
  children,
}: {
  open: boolean
  onClose(): void
  title: string
  text: string
  confirm: string
  cancel: string
  busy?: boolean
  onConfirm(): void
  children?: ReactNode
}) => (
  <AlertDialog.Root open={open} onOpenChange={(next) => !next && onClose()}>
    <AlertDialog.Portal>
      <AlertDialog.Backdrop className={style.backdrop} />
      <AlertDialog.Popup className={style.popup}>
        <AlertDialog.Title>{title}</AlertDialog.Title>
        <AlertDialog.Description className={style.text}>{text}</AlertDialog.Description>
        {children}
        <div className={style.actions}>
          <AlertDialog.Close render={<Button look="quiet" />}>{cancel}</AlertDialog.Close>
          <Button look="danger" busy={busy} onClick={onConfirm}>
            {confirm}
          </Button>
        </div>
      </AlertDialog.Popup>
    </AlertDialog.Portal>
  </AlertDialog.Root>
)
