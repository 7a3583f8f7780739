// notification-planner on one screen: events in, letters to be written out.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { lettersOf } from './domain.ts'
import { plan } from './handlers.ts'

export default defineService(topology['notification-planner'], {
  linger_ms: 400,
  hears: {
    user_registered: plan(lettersOf.user_registered),
    password_reset_requested: plan(lettersOf.password_reset_requested),
    email_verification_requested: plan(lettersOf.email_verification_requested),
    order_paid: plan(lettersOf.order_paid),
    order_cancelled: plan(lettersOf.order_cancelled),
    delivery_status_updated: plan(lettersOf.delivery_status_updated),
    review_created: plan(lettersOf.review_created),
  },
  answers: {},
})
