// Sends selected records of the history somewhere else: to a file, a stream or a subject of their own. Never to where events happen.
import { isServerHeader } from '@deliveryflow/contracts'
import { storedFrom } from '@deliveryflow/kit/messaging/direct'
import { headersOf } from '@deliveryflow/kit/messaging/headers'
import { found } from '@deliveryflow/kit/messaging/provision'
import { jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import { connectionOf } from '../calls.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Target } from '../target.ts'
import type { IndexedRow } from './store.ts'

/** Takes records in their order; `end` resolves when all of them have arrived. */
export type Sink = { send(record: IndexedRow): Promise<void>; end(): Promise<void> }

/** What `--to` names, beside a projection. */
export type Destination = { kind: 'subject' | 'stream' | 'file'; name: string } | { kind: 'stdout' }

/** What `--to` says. Throws `usage` for anything else, and `refused` for a subject that is heard. */
export const destinationOf = (text: string): Destination => {
  if (text === 'stdout') return { kind: 'stdout' }
  const [, kind, name] = /^(subject|stream|file)=(.+)$/.exec(text) ?? []
  const next = 'Write projection=NAME, subject=replay.NAME, stream=NAME, file=PATH or stdout.'
  if (!name) throw new Failure('usage', `A replay cannot go to "${text}"`, { next })
  if (kind === 'subject' && !/^replay\.[\w-]+(\.[\w-]+)*$/.test(name))
    throw new Failure('refused', `${name} is not below replay.`, {
      why: 'whoever listens there would take it for something that happens now',
      next: 'Write --to subject=replay.NAME; each record goes to replay.NAME.<type>.',
    })
  if (kind === 'stream' && !/^[\w-]+$/.test(name))
    throw new Failure('usage', `"${name}" is no name of a stream`, { next: 'Letters, digits, - and _.' })
  return { kind: kind as 'file', name }
}

const flushEvery = 500

/** Publishes below a subject, for whoever listens at that moment. */
export const subjectSink = async (target: Target, job: string, subject: string): Promise<Sink> => {
  const connection = await connectionOf(target)
  let waiting = 0
  return {
    send: async (record) => {
      connection.publish(`${subject}.${record.type}`, bodyOf(record), { headers: replayHeaders(record, job) })
      if (++waiting % flushEvery === 0) await connection.flush()
    },
    end: () => connection.flush(),
  }
}

/** Publishes into a stream of its own; a record that is sent again is not stored twice. */
export const streamSink = async (target: Target, job: string, name: string): Promise<Sink> => {
  const connection = await connectionOf(target)
  const js = jetstream(connection)
  const underWay = new Set<Promise<unknown>>()
  let failure: unknown
  return {
    send: async (record) => {
      if (failure) throw failure
      const headers = replayHeaders(record, job)
      headers.set('Nats-Msg-Id', `${job}:${record.sequence}`)
      const stored = js
        .publish(`${subjectOf(name)}.${record.type}`, bodyOf(record), { headers })
        .catch((error: unknown) => {
          failure ??= error
        })
        .finally(() => underWay.delete(stored))
      underWay.add(stored)
      if (underWay.size >= flushEvery) await Promise.race(underWay)
    },
    end: async () => {
      await Promise.all(underWay)
      if (failure) throw failure
    },
  }
}

const subjectOf = (stream: string) => `replay.${stream}`

/** Makes the stream of a replay. Throws `refused` when it is there. */
export const makeStream = async (target: Target, name: string): Promise<void> => {
  const { streams } = await jetstreamManager(await connectionOf(target))
  const refused = (why: string, cause?: unknown) =>
    new Failure('refused', `The stream ${name} cannot be made`, {
      why,
      next: 'Choose another name, or remove that one first.',
      cause,
    })
  // The server takes a stream that is made again just like it was for no change, and two replays would lie in it.
  if (await found(streams.info(name))) throw refused('it is there already')
  const { config } = await streams.info('EVENTS')
  try {
    await streams.add({
      name,
      subjects: [`${subjectOf(name)}.>`],
      allow_direct: true,
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      num_replicas: config.num_replicas,
      description: 'Sent again from the history by dfctl audit replay.',
    })
  } catch (error) {
    throw refused(reasonOf(error), error)
  }
}

/**
 * What has arrived in the stream of a replay: how many records, and the places of the last of them, before which none is missing. Throws
 * `refused` for a stream of something else.
 */
export const arrivedIn = async (
  target: Target,
  job: string,
  name: string,
): Promise<{ records: number; last: ReadonlySet<number> } | null> => {
  const connection = await connectionOf(target)
  const { streams } = await jetstreamManager(connection)
  const info = await found(streams.info(name))
  if (!info) return null
  const { messages, first_seq, last_seq } = info.state
  const last = new Set<number>()
  // So many are under way at once: in whatever order these were stored, all before them are.
  const from = Math.max(first_seq, last_seq - 2 * flushEvery + 1)
  for await (const { header } of storedFrom(jetstream(connection), name, from)) {
    if (header.get('df-replay') !== job)
      throw new Failure('refused', `The stream ${name} is not of the replay ${job} alone`, {
        next: 'Send it again, to a stream of another name.',
      })
    last.add(Number(header.get('df-replay-sequence')))
  }
  return { records: messages, last }
}

/** As the record lies in the history, with the job and its place. */
const replayHeaders = ({ headers, sequence }: IndexedRow, job: string) =>
  headersOf([
    ...(JSON.parse(headers ?? '[]') as [string, string][]).filter(([name]) => !isServerHeader(name)),
    ['df-replay', job],
    ['df-replay-sequence', String(sequence)],
  ])

const bodyOf = ({ data, body }: IndexedRow): string | Uint8Array => data ?? body ?? ''
