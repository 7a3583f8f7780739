// What an operator does is asked for with its reason, over the page; afterwards the same place shows what it changed.
import { AlertDialog } from '@base-ui/react/alert-dialog'
import type { ReactNode } from 'react'
import { Button } from '../ui/button.tsx'
import dialog from '../ui/dialog.module.css'
import { Field, Form } from '../ui/form.tsx'
import style from './reason.module.css'
import { useWords } from './words.ts'

/**
 * `children`: what is asked beside the reason, each a field of the form. `result`: what came of it, shown in the place of the question.
 * `danger`: it cannot be undone.
 */
export const AskReason = <Values extends { reason: string }>({
  open,
  onClose,
  title,
  text,
  confirm,
  danger = false,
  busy,
  error,
  onReason,
  children,
  result,
}: {
  open: boolean
  onClose(): void
  title: string
  text: string
  confirm: string
  danger?: boolean
  busy: boolean
  error: unknown
  onReason(values: Values): void
  children?: ReactNode
  result?: ReactNode
}) => (
  <AlertDialog.Root open={open} onOpenChange={(next) => !next && !busy && onClose()}>
    <AlertDialog.Portal>
      <AlertDialog.Backdrop className={dialog.backdrop} />
      <AlertDialog.Popup className={`${dialog.popup} ${style.popup}`}>
        <AlertDialog.Title>{title}</AlertDialog.Title>
        <AlertDialog.Description className={dialog.text}>{text}</AlertDialog.Description>
        {/* Kept beneath the result: where nothing could be done, what was written is still there. */}
        <div hidden={Boolean(result)}>
          <Form<Values>
            error={error}
            onValues={(values) => !busy && onReason({ ...values, reason: values.reason.trim() })}
          >
            {children}
            <Question busy={busy} confirm={confirm} danger={danger} />
          </Form>
        </div>
        {result && <Result busy={busy}>{result}</Result>}
      </AlertDialog.Popup>
    </AlertDialog.Portal>
  </AlertDialog.Root>
)

const Question = ({ busy, confirm, danger }: { busy: boolean; confirm: string; danger: boolean }) => {
  const { act } = useWords()
  return (
    <>
      <Field
        name="reason"
        label={act.reason}
        hint={act.reasonHint}
        minLength={3}
        maxLength={500}
        autoComplete="off"
        required
      />
      <div className={dialog.actions}>
        <AlertDialog.Close render={<Button look="quiet" disabled={busy} />}>{act.cancel}</AlertDialog.Close>
        <Button type="submit" look={danger ? 'danger' : 'main'} busy={busy}>
          {confirm}
        </Button>
      </div>
    </>
  )
}

const Result = ({ busy, children }: { busy: boolean; children: ReactNode }) => {
  const { act } = useWords()
  return (
    <>
      <div className={style.result} role="status">
        {children}
      </div>
      {!busy && (
        <div className={dialog.actions}>
          <AlertDialog.Close render={<Button autoFocus />}>{act.close}</AlertDialog.Close>
        </div>
      )}
    </>
  )
}
