// audit: everything that happened, searchable.
import { z } from 'zod'
import { operation } from './http.ts'
import { adminRpc } from './rpc.ts'
import { id, pageOf, paging, reason, text, timestamp } from './values.ts'

const auditFilter = z.strictObject({
  order_id: id.optional(),
  user_id: id.optional(),
  correlation_id: text.min(1).max(500).optional().meta({ description: 'of the journey: an order, or a user' }),
  aggregate: text
    .min(1)
    .max(500)
    .optional()
    .meta({ description: 'what the event is about: an order, a product, a replay' }),
  type: text.max(100).optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
  order: z.enum(['asc', 'desc']).optional().meta({ description: 'desc: the newest first; asc where it is left out' }),
  ...paging,
})

const auditRecord = z
  .object({
    sequence: z.int(),
    event_id: id.nullable(),
    type: z.string(),
    source: z.string(),
    subject: z.string(),
    order_id: id.nullable(),
    user_id: id.nullable(),
    correlation_id: z.string(),
    causation_id: z.string().nullable(),
    time: timestamp,
    data: z.record(z.string(), z.unknown()),
  })
  .meta({
    id: 'AuditRecord',
    description: 'sequence: its place in the history; event_id: null for what is no event of ours',
  })

export const listAuditEvents = adminRpc('audit.list_events', {
  about: 'The events that match, in the order in which they entered the history, or the newest first.',
  input: auditFilter,
  output: pageOf(auditRecord),
  rejections: ['invalid_request'],
  idempotent: true,
})

/** A segment is the text of an export: its lines, from the header to the end. */
export const importHistory = adminRpc('audit.import', {
  about:
    'Enters sealed records of an export that the index does not hold, each as it was. Once for all, however often it is asked.',
  input: z.strictObject({ segment: z.string().min(1) }),
  output: z.object({ entered: z.int() }),
  rejections: ['invalid_request', 'history_conflict'],
  idempotent: true,
})

/** After the stream was lost: places that nothing will ever come to, for neither index nor stream holds them, hold up the chain. */
export const closeGaps = adminRpc('audit.close_gaps', {
  about:
    'Enters at each place that neither the index nor the stream holds that its record was lost, and why; so the chain goes on.',
  input: z.strictObject({ reason, dry_run: z.boolean().default(false) }),
  output: z.object({ closed: z.int(), first: z.int().nullable(), last: z.int().nullable() }),
  rejections: [],
  idempotent: true,
})

/** The name of a segment of the archive: the places that it holds. */
const segmentName = z.string().regex(/^\d{16}-\d{16}\.ndjson\.gz$/, 'a name as audit.list_segments gives it')
/** Public keys in PEM that are trusted alone; without them those that the index knows. */
const keys = z.array(z.string().max(1000)).min(1).max(100).optional()

const archivedSegment = z
  .object({
    name: segmentName,
    first_sequence: z.int(),
    last_sequence: z.int(),
    records: z.int().nullable(),
    bytes: z.int().nullable(),
    sha256: z.string().nullable(),
    archived_at: timestamp.nullable(),
    stored: z.boolean(),
  })
  .meta({
    id: 'ArchivedSegment',
    description: 'stored: whether it lies in the archive; null: what the index does not know of it, as after its loss',
  })
export type ArchivedSegment = z.infer<typeof archivedSegment>

export const listSegments = adminRpc('audit.list_segments', {
  about: 'The segments of the archive, in the order of the history: those that lie there, and those that should.',
  input: z.strictObject(paging),
  output: pageOf(archivedSegment).extend({
    place: z.string(),
    sealed: z.int(),
    archived: z.int(),
    error: z.string().nullable(),
    failed_at: timestamp.nullable(),
  }),
  rejections: ['invalid_request', 'no_archive', 'unavailable'],
  idempotent: true,
})

/** A record that is not what was sealed. `last`: where it concerns a stretch, the last of it. */
const finding = z
  .object({
    sequence: z.int(),
    last: z.int().optional(),
    what: z.enum(['changed', 'removed', 'added', 'swapped', 'rewritten', 'forged']),
    detail: z.string(),
  })
  .meta({ id: 'HistoryFinding', description: 'last: where it concerns a stretch, the last of it' })

/** Why a segment is not what was archived. `line`: where in the file; null where it concerns all of it. */
const segmentCheck = z.object({
  name: segmentName,
  records: z.int(),
  checkpoints: z.int(),
  damage: z.object({ line: z.int().nullable(), detail: z.string() }).nullable(),
  findings: z.array(finding),
  more: z.int(),
})
export type SegmentCheck = z.infer<typeof segmentCheck>

export const checkSegment = adminRpc('audit.check_segment', {
  about: 'Reads a segment out of the archive and says what of it is not as it was sealed, signed and archived.',
  input: z.strictObject({ name: segmentName, keys }),
  output: segmentCheck,
  rejections: ['invalid_request', 'not_found', 'no_archive', 'unavailable'],
  idempotent: true,
})

export const restoreSegment = adminRpc('audit.restore_segment', {
  about:
    'Enters the records of an archived segment that the index does not hold. Once for all, however often it is asked.',
  input: z.strictObject({ name: segmentName, keys }),
  output: z.object({ records: z.int(), entered: z.int() }),
  rejections: ['invalid_request', 'not_found', 'history_conflict', 'no_archive', 'unavailable'],
  idempotent: true,
})

const verification = z.strictObject({
  after: z.coerce.number().int().min(0).default(0).meta({ description: 'begins behind this place of the history' }),
  cursor: text.max(1000).optional().meta({
    description: 'the next_cursor of the part before, which this one goes on from; after is not looked at then',
  }),
  limit: z.coerce.number().int().min(1).max(20_000).default(5000),
})

export const verifyHistory = adminRpc('audit.verify', {
  about:
    'Proves a part of the history: which records behind a place are not as they were sealed and signed. Parts go on from each other.',
  input: verification,
  output: z
    .object({
      first: z.int().nullable(),
      last: z.int().nullable(),
      end: z.int(),
      records: z.int(),
      unproved: z.int(),
      unsealed: z.int(),
      checkpoints: z.int(),
      link: z.string().nullable(),
      keys: z.array(z.string()),
      findings: z.array(finding),
      more: z.int(),
      next_cursor: z.string().nullable(),
    })
    .meta({
      id: 'HistoryVerification',
      description: [
        'first, last: the places that this part judged, null where there are none; end: the last one that there is; unproved: records from before',
        'the chain; unsealed: behind the last seal, in all parts so far; link: the hash that the chain came to; keys: ids of those that were',
        'trusted; more: findings that are not told one by one; next_cursor: null at the end of the history.',
      ].join(' '),
    }),
  rejections: ['invalid_request'],
  idempotent: true,
})

export const auditHttp = [
  operation({
    id: 'listAuditEvents',
    method: 'get',
    path: '/api/audit/events',
    about: listAuditEvents.about,
    access: 'admin',
    query: auditFilter,
    status: 200,
    response: listAuditEvents.output,
    problems: [],
    rpc: listAuditEvents,
  }),
  operation({
    id: 'verifyHistory',
    method: 'get',
    path: '/api/audit/verification',
    about: verifyHistory.about,
    access: 'admin',
    query: verification,
    status: 200,
    response: verifyHistory.output,
    problems: [],
    rpc: verifyHistory,
  }),
] as const
