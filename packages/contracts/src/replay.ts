// replay: the history sent again to a read model, which is built anew beside the one that serves. Nobody but projections may hear it.
import { z } from 'zod'
import { operation } from './http.ts'
import { event } from './message.ts'
import { adminRpc, type RpcContract, rpc } from './rpc.ts'
import { id, reason, text, timestamp } from './values.ts'

const place = z.int().min(0)

/** Where a read model that is built anew stands. `upper`: what it is filled up to by a replay; the rest it hears itself. */
const shadowState = z.object({
  state: z.enum(['none', 'filling', 'swapped']),
  job: id.nullable(),
  position: place,
  upper: place,
})
export type ShadowState = z.infer<typeof shadowState>

/** Begins, swaps in, drops the old one of, or gives up a read model that is built anew beside the one that serves. */
export const tendProjection = (service: string) =>
  rpc(`projection.${service}`, {
    about:
      'Begins a read model beside the one that serves, swaps it in, finalizes or discards it; or only tells how it stands.',
    input: z.strictObject({ action: z.enum(['status', 'begin', 'swap', 'finalize', 'discard']), job: id }),
    output: shadowState,
    rejections: ['replay_conflict'],
    idempotent: true,
  })

/**
 * Hands records of the history to a read model that is built anew: those behind `after`, up to `upto`, as [place, subject, headers as JSON,
 * body]. What was handed over already is recognised by its place.
 */
export const replayTo = (service: string, job = '*') => ({
  ...(rpc('replay', {
    about: 'Takes records of the history into the read model that is built anew.',
    input: z.strictObject({
      job: id,
      after: place,
      upto: place,
      records: z.array(z.tuple([place, z.string(), z.string(), z.string()])),
    }),
    output: z.object({
      position: place,
      handled: z.int(),
      failed: z.array(z.object({ sequence: place, error: z.string() })),
    }),
    rejections: ['replay_conflict'],
    idempotent: true,
  }) satisfies RpcContract),
  name: `replay.${service}` as string,
  subject: `replay.${job}.${service}` as `replay.${string}`,
})

export const replayStarted = event('replay_started', {
  about: 'A read model is built anew from the history, and why.',
  aggregate: 'job',
  data: z.object({ job: id, projection: z.string(), by: id, reason }),
})

export const replayEnded = event('replay_ended', {
  about: 'A replay came to its end: the read model was swapped in, or given up.',
  aggregate: 'job',
  data: z.object({
    job: id,
    projection: z.string(),
    outcome: z.enum(['swapped', 'cancelled']),
    records: z.int(),
    failed: z.int(),
  }),
})

const replay = z
  .object({
    job: id,
    projection: z.string(),
    reason: z.string(),
    rate: z.int().nullable(),
    state: z.enum(['running', 'swapped', 'finalized', 'cancelled']),
    position: place,
    upper: place,
    records: z.int(),
    failed: z.int(),
    error: z.string().nullable(),
    started_at: timestamp,
    updated_at: timestamp,
    ended_at: timestamp.nullable(),
  })
  .meta({
    id: 'Replay',
    description:
      'rate: at most so many records a second; records: handled so far; failed: those that the live read model could not take either',
  })
export type Replay = z.infer<typeof replay>

const planQuery = z.strictObject({ projection: text.max(100) })

export const planReplay = adminRpc('replay.plan', {
  about: 'What a replay into a read model would do: which records it takes, and which handlers run.',
  input: planQuery,
  output: z.object({
    projection: z.string(),
    upper: place,
    types: z.array(z.object({ type: z.string(), records: z.int(), bytes: z.int() })),
    first: timestamp.nullable(),
    last: timestamp.nullable(),
  }),
  rejections: ['not_found'],
  idempotent: true,
})

const startBody = z.strictObject({
  job: id.meta({ description: 'chosen by who starts it: asked once more it is still one replay' }),
  projection: text.max(100),
  reason,
  rate: z.int().min(1).max(1_000_000).optional(),
})

export const startReplay = adminRpc('replay.start', {
  about:
    'Builds a read model anew beside the one that serves, and swaps it in when it has caught up. One at a time for each.',
  input: startBody,
  output: replay,
  rejections: ['not_found', 'replay_conflict'],
  idempotent: true,
})

const replayList = z.strictObject({ job: id.optional(), limit: z.coerce.number().int().min(1).max(100).default(20) })

export const listReplays = adminRpc('replay.list', {
  about: 'The replays there were, newest first, and the read models that can be built anew.',
  input: replayList,
  output: z.object({ items: z.array(replay), projections: z.array(z.string()) }),
  rejections: [],
  idempotent: true,
})

const action = z.enum(['cancel', 'finalize'])

/** `reason`: kept in the history before it is done; who asks without one leaves none. */
export const endReplay = adminRpc('replay.end', {
  about: 'Cancels a replay that runs, or finalizes one that was swapped in: the old read model is dropped.',
  input: z.strictObject({ job: id, action, reason: reason.optional() }),
  output: replay,
  rejections: ['not_found', 'replay_conflict'],
  idempotent: true,
})

export const replayHttp = [
  operation({
    id: 'planReplay',
    method: 'get',
    path: '/api/replays/plan',
    about: planReplay.about,
    access: 'admin',
    query: planQuery,
    status: 200,
    response: planReplay.output,
    problems: ['not_found'],
    rpc: planReplay,
  }),
  operation({
    id: 'startReplay',
    method: 'post',
    path: '/api/replays',
    about: startReplay.about,
    access: 'admin',
    body: startBody,
    status: 201,
    response: replay,
    problems: ['not_found', 'replay_conflict'],
    rpc: startReplay,
  }),
  operation({
    id: 'listReplays',
    method: 'get',
    path: '/api/replays',
    about: listReplays.about,
    access: 'admin',
    query: replayList,
    status: 200,
    response: listReplays.output,
    problems: [],
    rpc: listReplays,
  }),
  operation({
    id: 'endReplay',
    method: 'post',
    path: '/api/replays/{job}/end',
    about: endReplay.about,
    access: 'admin',
    params: z.strictObject({ job: id }),
    body: z.strictObject({ action, reason }),
    status: 200,
    response: replay,
    problems: ['not_found', 'replay_conflict'],
    rpc: endReplay,
  }),
] as const
