// What an operator can do to an order that is not final, each with a reason.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { api, dataOf } from '../../api/client.ts'
import { queries as shop } from '../../api/queries.ts'
import { useText } from '../../text/preferences.ts'
import { Button } from '../../ui/button.tsx'
import piece from '../piece.module.css'
import { keys } from '../queries.ts'
import { AskReason } from '../reason.tsx'
import { useWords } from '../words.ts'

type Action = 'cancel' | 'compensate'

export const OrderActions = ({ order_id, isFinal }: { order_id: string; isFinal: boolean }) => {
  const { orders } = useWords()
  const [asked, setAsked] = useState<Action | null>(null)
  if (isFinal && asked === null) return null
  return (
    <div className={piece.row}>
      <Button look="quiet" onClick={() => setAsked('compensate')}>
        {orders.compensate}
      </Button>
      <Button look="danger" onClick={() => setAsked('cancel')}>
        {orders.cancel}
      </Button>
      {asked && <AskAction key={asked} action={asked} order_id={order_id} onClose={() => setAsked(null)} />}
    </div>
  )
}

const AskAction = ({ action, order_id, onClose }: { action: Action; order_id: string; onClose(): void }) => {
  const { orders } = useWords()
  const text = useText()
  const cache = useQueryClient()
  const act = useMutation({
    mutationFn: async ({ reason }: { reason: string }) => {
      const asked = { params: { path: { order_id } }, body: { reason, action_id: crypto.randomUUID() } }
      if (action === 'cancel') {
        const order = await dataOf(api.POST('/api/operations/orders/{order_id}/cancel', asked))
        return orders.cancelled(text.status[order.status])
      }
      const saga = await dataOf(api.POST('/api/operations/orders/{order_id}/compensate', asked))
      return orders.compensated(orders.sagaStatus[saga.status])
    },
    onSettled: () => {
      void cache.invalidateQueries({ queryKey: keys.orders })
      void cache.invalidateQueries({ queryKey: shop.order(order_id).queryKey })
    },
  })
  return (
    <AskReason
      open
      onClose={onClose}
      title={orders[action]}
      text={action === 'cancel' ? orders.cancelText : orders.compensateText}
      confirm={orders[action]}
      danger
      busy={act.isPending}
      error={act.error}
      onReason={(values) => act.mutate(values)}
      result={act.data && <p>{act.data}</p>}
    />
  )
}
