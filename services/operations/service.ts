// operations on one screen: what people do to the running system.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import * as handle from './handlers.ts'

export default defineService(topology.operations, {
  hears: {},
  answers: {
    'operations.note': handle.note,
    'dead_letters.list': handle.list,
    'dead_letters.group': handle.group,
    'dead_letters.get': handle.get,
    'dead_letters.retry': handle.retry,
    'dead_letters.drop': handle.drop,
  },
})
