// Cancelling an order while that is allowed, after a question.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, dataOf } from '../api/client.ts'
import { queries } from '../api/queries.ts'
import type { Order } from '../generated/api.ts'
import { useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Question } from '../ui/dialog.tsx'
import { Problem } from '../ui/problem.tsx'
import { toast } from '../ui/toasts.tsx'

/** Shown while the order is not final: whether the parcel has left only the API knows, and says. */
export const CancelOrder = ({ order: { order_id, status } }: { order: Order }) => {
  const { order: words } = useText()
  const cache = useQueryClient()
  const [asking, setAsking] = useState(false)
  const cancel = useMutation({
    mutationFn: () => dataOf(api.POST('/api/orders/{order_id}/cancel', { params: { path: { order_id } } })),
    onSuccess: () => {
      setAsking(false)
      toast(words.cancelling)
      void cache.invalidateQueries({ queryKey: queries.order(order_id).queryKey })
    },
  })
  if (status === 'COMPLETED' || status === 'CANCELLED') return null
  const open = (next: boolean) => {
    cancel.reset()
    setAsking(next)
  }
  return (
    <div>
      <Button look="danger" size="small" onClick={() => open(true)}>
        {words.cancel}
      </Button>
      <Question
        open={asking}
        onClose={() => open(false)}
        title={words.cancelTitle}
        text={words.cancelText}
        confirm={words.cancel}
        cancel={words.keep}
        busy={cancel.isPending}
        onConfirm={() => cancel.mutate()}
      >
        {cancel.error && <Problem error={cancel.error} />}
      </Question>
    </div>
  )
}
