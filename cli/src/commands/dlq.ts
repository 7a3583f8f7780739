// dfctl dlq: what services gave up, why, and what is to become of it.
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type DeadLetter,
  dropDeadLetters,
  getDeadLetter,
  groupDeadLetters,
  type OutputOf,
  retryDeadLetters,
  services,
} from '@deliveryflow/contracts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { type Ask, granted, openCalls } from '../calls.ts'
import { type Configure, nearest } from '../commands.ts'
import { edited } from '../dlq/edit.ts'
import { chosen, type LetterFilter, lettersOf } from '../dlq/letters.ts'
import { exitCode, Failure } from '../failure.ts'
import { type Globals, wholeNumber } from '../options.ts'
import { type Column, print, printOne } from '../output.ts'
import { withTarget } from '../target.ts'
import { color, during } from '../terminal.ts'
import { span } from '../time.ts'

type ListOptions = LetterFilter & { groupBy?: 'error' | 'consumer' | 'type'; limit: number }
type ActOptions = LetterFilter & { all?: true; reason: string; rate?: number; edit?: true }
type Group = OutputOf<typeof groupDeadLetters>['groups'][number]

const configure: Configure = (command) => {
  list(command)
  show(command)
  retry(command)
  drop(command)
}

const serviceName = (word: string): string => {
  const names = services.map(({ name }) => name)
  if (names.includes(word)) return word
  const near = nearest(word, names)
  throw new InvalidArgumentError(near ? `Did you mean ${near}?` : `One of ${names.join(', ')}.`)
}

const addFilter = (command: Command): Command =>
  command
    .addOption(new Option('--service <name>', 'given up by this service').argParser(serviceName))
    .addOption(new Option('--stream <name>', 'from this stream').choices(['EVENTS', 'COMMANDS', 'JOBS']))
    .option('--type <type>', 'of this type')
    .option('--error <text>', 'whose error contains this')

const filterOf = ({ service, stream, type, error }: LetterFilter): LetterFilter => ({ service, stream, type, error })

const list = (command: Command) =>
  addFilter(command.command('list'))
    .description('what was given up, oldest first, or how much of it by what it has in common')
    .addOption(new Option('--group-by <what>', 'one line for each').choices(['error', 'consumer', 'type']))
    .option('--limit <count>', 'at most this many', wholeNumber, 100)
    .addHelpText(
      'after',
      `
Examples:
  dfctl dlq list --group-by error
  dfctl dlq list --service payment --error "timeout"`,
    )
    .action(async (options: ListOptions, self) => {
      const globals = self.optsWithGlobals() as Globals
      await withTarget(globals, async (target) => {
        const ask = await openCalls(target)
        const empty = 'There is no dead letter.'
        if (options.groupBy) {
          const input = { by: options.groupBy, ...filterOf(options) }
          const { groups } = granted(groupDeadLetters, await ask(groupDeadLetters, input))
          return print(globals.output, { rows: groups, columns: groupColumns, name: ({ key }) => key, empty })
        }
        const rows: DeadLetter[] = []
        for await (const letter of lettersOf(ask, filterOf(options))) {
          if (rows.push(letter) === options.limit) break
        }
        print(globals.output, { rows, columns, name: ({ sequence }) => String(sequence), empty })
      })
    })

const columns: Column<DeadLetter>[] = [
  { title: 'place', value: ({ sequence }) => String(sequence) },
  { title: 'service', value: ({ service }) => service },
  { title: 'type', value: ({ type, subject }) => type ?? subject },
  { title: 'aggregate', value: ({ aggregate }) => aggregate ?? '' },
  {
    title: 'attempts',
    value: ({ attempts, retries }) => (retries > 0 ? `${attempts} (${retries} by hand)` : `${attempts}`),
  },
  { title: 'age', value: ({ first_time }) => span(Date.now() - Date.parse(first_time)) },
  { title: 'error', value: ({ error }) => oneLine(error, 80) },
  { title: 'stream', value: ({ stream }) => stream, wide: true },
  { title: 'event', value: ({ event_id }) => event_id ?? '', wide: true },
  { title: 'last tried', value: ({ last_time }) => last_time, wide: true },
]

const groupColumns: Column<Group>[] = [
  { title: 'count', value: (group) => String(group.count) },
  { title: 'places', value: ({ first, last }) => (first === last ? String(first) : `${first} to ${last}`) },
  { title: 'newest', value: ({ newest }) => `${span(Date.now() - Date.parse(newest))} ago` },
  { title: 'group', value: ({ key }) => key },
]

const oneLine = (text: string, limit: number) => {
  const line = text.replace(/\s+/g, ' ')
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}

const place = (word: string, before: number[] = []) => [...before, wholeNumber(word)]

const show = (command: Command) =>
  command
    .command('show')
    .description('one dead letter: its headers, its body, the error and where it was thrown')
    .argument('<place>', 'as dfctl dlq list shows it', wholeNumber)
    .action(async (sequence: number, _: unknown, self) => {
      const globals = self.optsWithGlobals() as Globals
      await withTarget(globals, async (target) => {
        const letter = granted(getDeadLetter, await (await openCalls(target))(getDeadLetter, { sequence }))
        printOne(globals.output, letter, (it) => (globals.output === 'name' ? String(it.sequence) : letterText(it)))
      })
    })

const letterText = (letter: OutputOf<typeof getDeadLetter>): string => {
  const { sequence, service, stream, subject, attempts, retries, first_time, last_time, error, stack, headers, body } =
    letter
  return [
    color.bold(`Dead letter ${sequence}`),
    `  given up by  ${service} (${stream})`,
    `  subject      ${subject}`,
    `  attempts     ${attempts}, ${retries} of them by hand, from ${first_time} to ${last_time}`,
    color.red(`  error        ${error}`),
    ...stack
      .split('\n')
      .slice(1)
      .map((line) => color.dim(`             ${line.trim()}`)),
    '',
    ...headers.map(([name, value]) => `${name}: ${value}`),
    '',
    body ?? `${letter.body_base64} (base64)`,
  ].join('\n')
}

const addChoice = (command: Command): Command =>
  addFilter(command)
    .argument('[places...]', 'as dfctl dlq list shows them', place)
    .option('--all', 'every dead letter')
    .requiredOption('--reason <text>', 'why: it is kept in the history')
    .option('--rate <count>', 'at most this many a second', wholeNumber)

/** Few enough for one request to be answered in time. */
const portion = 20

/** Does something to the chosen letters a portion at a time. */
const act = async (
  globals: Globals,
  { places, options, title }: { places: number[]; options: ActOptions; title: string },
  work: (ask: Ask, sequences: number[], action: { action_id: string; reason: string }) => Promise<string>,
): Promise<void> =>
  withTarget(globals, async (target) => {
    const ask = await openCalls(target, 120_000)
    const sequences = await chosen(ask, places, filterOf(options), options.all === true)
    const action = { action_id: randomUUID(), reason: options.reason }
    const size = Math.min(portion, options.rate ?? portion)
    await during(title, async ({ update }) => {
      for (let at = 0; at < sequences.length; at += size) {
        const begun = performance.now()
        const told = await work(ask, sequences.slice(at, at + size), action)
        update(`${Math.min(at + size, sequences.length)} of ${sequences.length}${told && `, ${told}`}`)
        if (options.rate && at + size < sequences.length)
          await sleep(Math.max(0, (size / options.rate) * 1000 - (performance.now() - begun)))
      }
    })
  })

const retry = (command: Command) =>
  addChoice(command.command('retry'))
    .description(
      'give dead letters back to the service that gave them up; nobody else hears them. Exit code 3 when one fails again',
    )
    .option('--edit', 'change the body of one in your editor first')
    .addHelpText(
      'after',
      `
What was handled before is recognised and not handled again. What fails again stays, with its count of retries.

Examples:
  dfctl dlq retry 17 --edit --reason "the price had no currency"
  dfctl dlq retry --service payment --rate 10 --reason "the database had no room"`,
    )
    .action(async (places: number[] = [], options: ActOptions, self) => {
      const globals = self.optsWithGlobals() as Globals
      if (options.edit && places.length !== 1)
        throw new Failure('usage', '--edit changes one dead letter', { next: 'Name its place alone.' })
      const [only] = places
      const body =
        options.edit && only !== undefined ? await withTarget(globals, (target) => editedBody(target, only)) : undefined
      const results: OutputOf<typeof retryDeadLetters>['results'] = []
      await act(globals, { places, options, title: 'Retrying dead letters' }, async (ask, sequences, action) => {
        const input = { ...action, sequences, ...(body !== undefined && { body }) }
        results.push(...granted(retryDeadLetters, await ask(retryDeadLetters, input)).results)
        return summary(results)
      })
      const left = results.filter(({ outcome }) => outcome === 'failed' || outcome === 'unavailable')
      printOne(globals.output, { results }, () =>
        [
          summary(results),
          ...left
            .slice(0, 10)
            .map(({ sequence, outcome, error }) => `  ${sequence} ${outcome}: ${oneLine(error ?? '', 120)}`),
        ].join('\n'),
      )
      if (left.length > 0) process.exitCode = exitCode.unhealthy
    })

const editedBody = async (target: Parameters<typeof openCalls>[0], sequence: number): Promise<string> => {
  const { body } = granted(getDeadLetter, await (await openCalls(target))(getDeadLetter, { sequence }))
  if (body === null)
    throw new Failure('refused', `The body of ${sequence} is no text`, { next: 'Drop it, or retry it as it is.' })
  return edited(body)
}

const summary = (results: readonly { outcome: string }[]) =>
  [...Map.groupBy(results, ({ outcome }) => outcome)].map(([outcome, { length }]) => `${length} ${outcome}`).join(', ')

const drop = (command: Command) =>
  addChoice(command.command('drop'))
    .description('remove dead letters for good; the history keeps what they were, and why')
    .addHelpText('after', '\nExample:\n  dfctl dlq drop 18 19 --reason "test messages of the release"')
    .action(async (places: number[] = [], options: ActOptions, self) => {
      const globals = self.optsWithGlobals() as Globals
      let dropped = 0
      await act(globals, { places, options, title: 'Dropping dead letters' }, async (ask, sequences, action) => {
        dropped += granted(dropDeadLetters, await ask(dropDeadLetters, { ...action, sequences })).dropped
        return ''
      })
      printOne(globals.output, { dropped }, () => `${dropped} dropped`)
    })

export default configure
