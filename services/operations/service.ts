// operations on one screen: what people see of the running system, and do to it.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import * as act from './acts.ts'
import { openReadings } from './context.ts'
import * as letters from './handlers.ts'
import { messages } from './messages.ts'
import * as see from './monitoring.ts'

export default defineService(topology.operations, {
  open: openReadings,
  hears: {},
  answers: {
    'operations.note': act.note,
    'operations.compensate_order': act.compensateOrder,
    'operations.cancel_order': act.cancelOrder,
    'operations.services': see.services,
    'operations.streams': see.streams,
    'operations.stream_messages': messages,
    'dead_letters.list': letters.list,
    'dead_letters.group': letters.group,
    'dead_letters.get': letters.get,
    'dead_letters.retry': letters.retry,
    'dead_letters.drop': letters.drop,
  },
  background: async (context) => see.startSampling(context),
})
