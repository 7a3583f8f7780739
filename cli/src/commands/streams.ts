// dfctl streams: streams, their consumers, and the messages that could not be handled.
import { readStreams } from '@deliveryflow/kit/messaging/streams'
import { InvalidArgumentError } from 'commander'
import type { Configure } from '../commands.ts'
import { Failure } from '../failure.ts'
import { type DeadLetter, readDeadLetters } from '../health/dead-letters.ts'
import { type ConsumerRow, consumerRow, type StreamRow, streamRow } from '../health/streams.ts'
import { type Globals, option } from '../options.ts'
import { type Column, print } from '../output.ts'
import { size } from '../size.ts'
import { withTarget } from '../target.ts'

type Options = Globals & { consumers: boolean; deadLetters: boolean; limit: number }

const configure: Configure = (command) =>
  command
    .argument('[stream]', 'only this one')
    .addOption(option('--consumers', 'the consumers instead: how far each is').default(false))
    .addOption(option('--dead-letters', 'the newest messages that could not be handled, and why').default(false))
    .addOption(option('--limit <number>', 'how many dead letters').argParser(wholeNumber).default(20))
    .addHelpText(
      'after',
      `
Examples:
  dfctl streams -o wide
  dfctl streams JOBS --consumers          who works on the jobs, and how many wait
  dfctl streams --dead-letters            what failed for good`,
    )
    .action(async (stream: string | undefined, _: unknown, self) => {
      const options = self.optsWithGlobals() as Options
      await withTarget(options, async (target) => {
        if (options.deadLetters) return printLetters(options, await readDeadLetters(await target.nats(), options.limit))
        const all = await readStreams(await target.nats())
        const wanted = all.filter(({ name }) => stream === undefined || name === stream.toUpperCase())
        if (wanted.length === 0) {
          throw new Failure('not_found', `There is no stream ${stream}`, {
            next: `The streams: ${all.map(({ name }) => name).join(', ')}.`,
          })
        }
        if (options.consumers) printConsumers(options, wanted.flatMap(({ consumers }) => consumers).map(consumerRow))
        else printStreams(options, wanted.map(streamRow))
      })
    })

const wholeNumber = (text: string): number => {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 1 to 9999.')
}

const shown = (value: number | string | null): string => (value === null ? '-' : String(value))

/** The time without its fraction, as it stands in a table. */
const short = (time: string | null): string => (time === null ? '-' : `${time.slice(0, 19)}Z`)

/** The columns of streams; status shows the same. */
export const streamColumns: Column<StreamRow>[] = [
  { title: 'stream', value: ({ name }) => name },
  { title: 'messages', value: ({ messages, reason }) => (reason === null ? shown(messages) : reason) },
  { title: 'size', value: ({ bytes }) => (bytes === null ? '-' : size(bytes)) },
  { title: 'first', value: ({ first_seq }) => shown(first_seq), wide: true },
  { title: 'last', value: ({ last_seq }) => shown(last_seq) },
  { title: 'first time', value: ({ first_time }) => short(first_time), wide: true },
  { title: 'last time', value: ({ last_time }) => short(last_time) },
  { title: 'current', value: ({ replicas, replicas_current }) => (replicas ? `${replicas_current}/${replicas}` : '-') },
  { title: 'leader', value: ({ leader }) => shown(leader) },
]

const printStreams = ({ output }: Options, rows: StreamRow[]) =>
  print(output, { rows, name: ({ name }) => name, columns: streamColumns })

const printConsumers = ({ output }: Options, rows: ConsumerRow[]) =>
  print(output, {
    rows,
    name: ({ stream, name }) => `${stream}/${name}`,
    empty: 'It has no consumers.',
    columns: [
      { title: 'stream', value: ({ stream }) => stream },
      { title: 'consumer', value: ({ name }) => name },
      { title: 'pending', value: ({ pending, reason }) => (reason === null ? shown(pending) : reason) },
      { title: 'in hand', value: ({ ack_pending }) => shown(ack_pending) },
      { title: 'redelivered', value: ({ redelivered }) => shown(redelivered) },
      { title: 'floor', value: ({ floor }) => shown(floor) },
      { title: 'last active', value: ({ last_active }) => short(last_active) },
      { title: 'leader', value: ({ leader }) => shown(leader), wide: true },
    ],
  })

const printLetters = ({ output }: Options, rows: DeadLetter[]) =>
  print(output, {
    rows,
    name: ({ seq }) => String(seq),
    empty: 'No message failed for good.',
    columns: [
      { title: 'seq', value: ({ seq }) => String(seq) },
      { title: 'time', value: ({ time }) => short(time) },
      { title: 'service', value: ({ service }) => service },
      { title: 'subject', value: ({ subject }) => subject },
      { title: 'of', value: ({ aggregate }) => shown(aggregate) },
      { title: 'attempts', value: ({ attempts }) => shown(attempts) },
      { title: 'error', value: ({ error }) => (output === 'wide' ? error : error.slice(0, 80)) },
    ],
  })

export default configure
