// What an event, a command and a job are: one contract for each, from which subject, types, validation, permissions and documents come.
import type { z } from 'zod'

/** The streams a message may travel in; their settings are in `streams.ts`. */
export type StreamName = 'EVENTS' | 'COMMANDS' | 'JOBS'

/**
 * The contract of one message. `type` is its CloudEvents type, `subject` where it travels, `aggregate` the field of its
 * data that becomes the CloudEvents subject: messages of one aggregate keep their order.
 */
export type MessageContract<Type extends string = string, Data extends z.ZodObject = z.ZodObject> = {
  readonly type: Type
  readonly subject: string
  readonly stream: StreamName
  readonly aggregate: string
  readonly about: string
  readonly data: Data
}

/** The data of a message, as its schema yields it. */
export type DataOf<M extends MessageContract> = z.infer<M['data']>

type Shape<Data extends z.ZodObject> = {
  about: string
  aggregate: keyof z.infer<Data> & string
  data: Data
}

/** A fact that happened: `events.<type>`, kept in the history. */
export const event = <Type extends string, Data extends z.ZodObject>(
  type: Type,
  shape: Shape<Data>,
): MessageContract<Type, Data> => ({ type, subject: `events.${type}`, stream: 'EVENTS', ...shape })

/** An order to one service: `commands.<service>.<verb>`, a work queue. */
export const command = <Type extends string, Data extends z.ZodObject>(
  type: Type,
  shape: Shape<Data>,
): MessageContract<Type, Data> => ({ type, subject: `commands.${type}`, stream: 'COMMANDS', ...shape })

/** A piece of work that any worker of the queue may take: `jobs.<type>`. */
export const job = <Type extends string, Data extends z.ZodObject>(
  type: Type,
  shape: Shape<Data>,
): MessageContract<Type, Data> => ({ type, subject: `jobs.${type}`, stream: 'JOBS', ...shape })
