// dfctl events: watch the history as it grows.
import { Option } from 'commander'
import type { Configure } from '../commands.ts'
import { eventText, headLine } from '../events/line.ts'
import { type Tailed, tail } from '../events/tail.ts'
import { eventTypes, subjectOf } from '../events/types.ts'
import { interrupted } from '../interrupt.ts'
import { type Globals, wholeNumber } from '../options.ts'
import { findOrder, userId } from '../order/find.ts'
import { withTarget } from '../target.ts'
import { color, say } from '../terminal.ts'
import { moment } from '../time.ts'

type Options = { type: string[]; order?: string; user?: string; since?: string; fromSeq?: number; limit?: number }

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
Types: ${eventTypes.join(', ')}

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
        if (output === 'table' || output === 'wide') write(headLine())
        if (process.stdout.isTTY) say(color.dim('Ctrl-C ends it.'))
        let left = options.limit ?? Number.POSITIVE_INFINITY
        for await (const event of tail(target, { subjects, ...begin, stop: interrupted(), wanted })) {
          write(eventText(event, output))
          if (--left <= 0) break
        }
      })
    })
}

const collect = (value: string, before: string[]) => [...before, value]

const wantedBy =
  (order: string | undefined, user: string | undefined) =>
  ({ aggregate, correlation_id, data }: Tailed): boolean =>
    (order === undefined || aggregate === order || correlation_id === order || data.order_id === order) &&
    (user === undefined || data.user_id === user)

const write = (text: string) => void process.stdout.write(`${text}\n`)

export default configure
