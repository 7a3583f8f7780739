// review on one screen: only who received a product reviews it, once; kept in MongoDB, each review with the event it says.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import * as handle from './handlers.ts'
import { openStore } from './store.ts'

export default defineService(topology.review, {
  open: openStore,
  hears: { order_completed: handle.notePurchases },
  answers: {
    create_review: handle.create,
    'review.list': handle.list,
    'review.list_mine': handle.listMine,
    'review.list_awaited': handle.listAwaited,
  },
})
