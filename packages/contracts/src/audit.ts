// audit: everything that happened, searchable.
import { z } from 'zod'
import { operation } from './http.ts'
import { userRpc } from './rpc.ts'
import { id, pageOf, paging, reason, text, timestamp } from './values.ts'

const auditFilter = z.strictObject({
  order_id: id.optional(),
  user_id: id.optional(),
  type: text.max(100).optional(),
  from: timestamp.optional(),
  to: timestamp.optional(),
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

export const listAuditEvents = userRpc('audit.list_events', {
  about: 'The events that match, in the order in which they entered the history.',
  input: auditFilter,
  output: pageOf(auditRecord),
  rejections: ['invalid_request', 'forbidden'],
  idempotent: true,
})

/** A segment is the text of an export: its lines, from the header to the end. */
export const importHistory = userRpc('audit.import', {
  about:
    'Enters sealed records of an export that the index does not hold, each as it was. Once for all, however often it is asked.',
  input: z.strictObject({ segment: z.string().min(1) }),
  output: z.object({ entered: z.int() }),
  rejections: ['invalid_request', 'forbidden', 'history_conflict'],
  idempotent: true,
})

/** After the stream was lost: places that nothing will ever come to, for neither index nor stream holds them, hold up the chain. */
export const closeGaps = userRpc('audit.close_gaps', {
  about:
    'Enters at each place that neither the index nor the stream holds that its record was lost, and why; so the chain goes on.',
  input: z.strictObject({ reason, dry_run: z.boolean().default(false) }),
  output: z.object({ closed: z.int(), first: z.int().nullable(), last: z.int().nullable() }),
  rejections: ['forbidden'],
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
] as const
