// dfctl events: watch the history as it grows.
import { type MessageContract, services } from '@deliveryflow/contracts'
import { InvalidArgumentError, Option } from 'commander'
import { stringify } from 'yaml'
import { type Configure, nearest } from '../commands.ts'
import { eventDetail } from '../events/detail.ts'
import { type Tailed, tail } from '../events/tail.ts'
import { Failure } from '../failure.ts'
import { interrupted } from '../interrupt.ts'
import type { Format, Globals } from '../options.ts'
import { findOrder, userId } from '../order/find.ts'
import { withTarget } from '../target.ts'
import { color, say } from '../terminal.ts'
import { clock, moment } from '../time.ts'
import { pairs } from '../values.ts'

const said: readonly MessageContract[] = services.flatMap(({ says }) => says)
const types = new Map(said.filter(({ stream }) => stream === 'EVENTS').map(({ type, subject }) => [type, subject]))

type Options = { type: string[]; order?: string; user?: string; since?: string; fromSeq?: number; limit?: number }

const wholeNumber = (text: string): number => {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

const configure: Configure = (command) => {
  command
    .command('tail')
    .description('events as they happen, until Ctrl-C')
    .option('--type <type>', 'only events of this type; may be given several times', collect, [])
    .option('--order <id>', "only this order's: its id or enough of its beginning")
    .addOption(new Option('--user <id>', "only this user's").argParser(userId))
    .option('--since <moment>', 'begin with those since: 10m, 2h, 3d or a time (default: at what is new)')
    .addOption(
      new Option('--from-seq <sequence>', 'begin at this place of the history')
        .argParser(wholeNumber)
        .conflicts('since'),
    )
    .addOption(new Option('--limit <count>', 'end after this many').argParser(wholeNumber))
    .addHelpText(
      'after',
      `
Types: ${[...types.keys()].sort().join(', ')}

Examples:
  dfctl events tail --type payment_failed --since 1h
  dfctl events tail -o json | jq .data          one JSON document on each line`,
    )
    .action(async (options: Options, self) => {
      const { output, ...globals } = self.optsWithGlobals() as Globals
      const subjects = options.type.length === 0 ? ['events.*'] : options.type.map(subjectOf)
      const begin = {
        ...(options.since === undefined ? {} : { since: moment(options.since) }),
        ...(options.fromSeq === undefined ? {} : { from_sequence: options.fromSeq }),
      }
      await withTarget({ output, ...globals }, async (target) => {
        const order = options.order === undefined ? undefined : await findOrder(target, options.order)
        const wanted = wantedBy(order, options.user)
        if (output === 'table' || output === 'wide')
          write(color.bold(line('TIME', 'SEQUENCE', 'TYPE', 'AGGREGATE', 'DATA')))
        if (process.stdout.isTTY) say(color.dim('Ctrl-C ends it.'))
        let left = options.limit ?? Number.POSITIVE_INFINITY
        for await (const event of tail(target, { subjects, ...begin, stop: interrupted(), wanted })) {
          write(textOf(event, output))
          if (--left <= 0) break
        }
      })
    })
}

const collect = (value: string, before: string[]) => [...before, value]

const subjectOf = (type: string): string => {
  const subject = types.get(type) ?? types.get(type.replace(/^events\./, ''))
  if (subject !== undefined) return subject
  const near = nearest(type, [...types.keys()])
  throw new Failure('usage', `There is no event ${type}`, {
    next: near ? `Did you mean ${near}?` : 'dfctl events tail --help lists every type.',
  })
}

const wantedBy =
  (order: string | undefined, user: string | undefined) =>
  ({ aggregate, correlation_id, data }: Tailed): boolean =>
    (order === undefined || aggregate === order || correlation_id === order || data.order_id === order) &&
    (user === undefined || data.user_id === user)

const textOf = (event: Tailed, output: Format): string => {
  switch (output) {
    case 'json':
      return JSON.stringify(event)
    case 'yaml':
      return `---\n${stringify(event).trimEnd()}`
    case 'name':
      return event.id
    case 'wide':
      return `${tableLine(event)} ${color.dim(pairs({ id: event.id, source: event.source, caused_by: event.causation_id }, 500))}`
    case 'table':
      return tableLine(event)
    default:
      return output satisfies never
  }
}

const tableLine = ({ time, sequence, type, aggregate, data }: Tailed) =>
  line(color.dim(clock(time)), String(sequence), color.cyan(type), aggregate, pairs(eventDetail(type, data), 100))

/** Columns of fixed width, for nobody knows the lines that are still to come. */
const line = (time: string, sequence: string, type: string, aggregate: string, data: string) =>
  [pad(time, 12), pad(sequence, -8), pad(type, 24), pad(aggregate, 36), data].join('  ').trimEnd()

/** Pads to a width, at the left where it is negative; colours take no room. */
const pad = (text: string, width: number) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins a colour.
  const room = ' '.repeat(Math.max(0, Math.abs(width) - text.replace(/\x1b\[\d+m/g, '').length))
  return width < 0 ? room + text : text + room
}

const write = (text: string) => void process.stdout.write(`${text}\n`)

export default configure
