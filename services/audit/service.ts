// audit on one screen: the index over everything that happened, and the chain that proves it whole.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { readSigningKey } from '@deliveryflow/kit/history/checkpoint'
import { z } from 'zod'
import * as gaps from './gaps.ts'
import * as handle from './handlers.ts'
import { importSegment } from './import.ts'
import * as replay from './replay.ts'
import { startReplayer } from './replayer.ts'
import { startSealer } from './sealer.ts'

export default defineService(topology.audit, {
  linger_ms: 400,
  settings: z.object({
    SIGNING_KEY: z
      .string()
      .regex(/^[A-Za-z0-9_-]{43}=?$/, 'must be 32 bytes in base64url, 43 characters')
      .describe('secret: signs checkpoints of the history (Ed25519); the same for all replicas'),
    CHECKPOINT_RECORDS: z.coerce
      .number()
      .int()
      .min(1)
      .default(1000)
      .describe('a checkpoint is signed after so many records'),
    CHECKPOINT_SECONDS: z.coerce.number().min(1).default(60).describe('or after so long, when there are fewer'),
  }),
  projection: { tables: ['events'] },
  records: handle.enter,
  answers: {
    'audit.list_events': handle.list,
    'audit.import': importSegment,
    'audit.close_gaps': gaps.close,
    'replay.plan': replay.plan,
    'replay.start': replay.start,
    'replay.list': replay.list,
    'replay.end': replay.end,
  },
  background: async (context) => {
    const { db, transaction, log, settings } = context
    const sealer = startSealer({
      db,
      transaction,
      log,
      key: readSigningKey(settings.SIGNING_KEY),
      checkpoint_records: settings.CHECKPOINT_RECORDS,
      checkpoint_ms: settings.CHECKPOINT_SECONDS * 1000,
    })
    const replayer = startReplayer(context)
    return { stop: async () => void (await Promise.all([sealer.stop(), replayer.stop()])) }
  },
})
