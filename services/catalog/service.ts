// catalog on one screen: products with their prices, found by a word of their name or description, and their ratings.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import * as handle from './handlers.ts'

export default defineService(topology.catalog, {
  projection: { tables: ['counted_reviews', 'ratings'] },
  hears: { review_created: handle.countReviews },
  answers: {
    'catalog.list': handle.list,
    'catalog.get': handle.get,
    'catalog.create': handle.create,
    'catalog.update': handle.update,
  },
})
