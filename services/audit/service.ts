// audit on one screen: the index over everything that happened, and the chain that proves it whole.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { readSigningKey } from '@deliveryflow/kit/history/checkpoint'
import { z } from 'zod'
import * as archived from './archive/answers.ts'
import { startArchiver } from './archive/archiver.ts'
import { type ArchiveSettings, archiveSettings, openArchive } from './archive/storage.ts'
import { forgetArchive } from './archive/store.ts'
import * as gaps from './gaps.ts'
import * as handle from './handlers.ts'
import { importSegment } from './import.ts'
import * as replay from './replay.ts'
import { startReplayer } from './replayer.ts'
import { startSealer } from './sealer.ts'
import { lastEntered } from './store.ts'
import { verify } from './verify.ts'

const open = async ({ settings }: { settings: ArchiveSettings }) => ({
  resources: { archive: await openArchive(settings) },
})

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
    ...archiveSettings,
    ARCHIVE_RECORDS: z.coerce
      .number()
      .int()
      .min(1)
      .max(100_000)
      .default(10_000)
      .describe('a segment of the archive holds at most so many records'),
    ARCHIVE_SECONDS: z.coerce
      .number()
      .min(1)
      .default(86_400)
      .describe('a record is archived after so long, when there are fewer'),
  }),
  projection: { tables: ['events'] },
  open,
  records: handle.enter,
  reached: lastEntered,
  answers: {
    'audit.list_events': handle.list,
    'audit.verify': verify,
    'audit.import': importSegment,
    'audit.close_gaps': gaps.close,
    'audit.list_segments': archived.list,
    'audit.check_segment': archived.check,
    'audit.restore_segment': archived.restore,
    'replay.plan': replay.plan,
    'replay.start': replay.start,
    'replay.list': replay.list,
    'replay.end': replay.end,
  },
  background: async (context) => {
    const { db, transaction, log, settings, archive } = context
    const sealer = startSealer({
      db,
      transaction,
      log,
      key: readSigningKey(settings.SIGNING_KEY),
      checkpoint_records: settings.CHECKPOINT_RECORDS,
      checkpoint_ms: settings.CHECKPOINT_SECONDS * 1000,
    })
    const replayer = startReplayer(context)
    if (!archive)
      await forgetArchive(db).catch((err: unknown) => log.warn({ err }, 'the archive could not be forgotten'))
    const archiver = archive
      ? startArchiver({
          ...{ db, archive, log, records: settings.ARCHIVE_RECORDS },
          after_ms: settings.ARCHIVE_SECONDS * 1000,
        })
      : null
    return { stop: async () => void (await Promise.all([sealer.stop(), replayer.stop(), archiver?.stop()])) }
  },
})
