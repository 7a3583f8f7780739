// dfctl audit: find something in the history, prove that it is whole, and take it away as a file that proves itself.
import { selectKeys } from '@deliveryflow/kit/history/places'
import { endOfHistory } from '@deliveryflow/kit/history/verify-index'
import type { Queryable } from '@deliveryflow/kit/postgres/statement'
import { jetstreamManager } from '@nats-io/jetstream'
import type { Command } from 'commander'
import {
  type ArchiveJudgement,
  type ArchiveOptions,
  isWhole,
  readArchive,
  segmentTimeout,
  verifyArchive,
} from '../audit/archive.ts'
import { type Exported, exportLines, placesOf } from '../audit/export.ts'
import { writeWhole } from '../audit/file.ts'
import { graphOf, nothingOf, shown, writeHistory } from '../audit/history.ts'
import { importFile } from '../audit/import.ts'
import { archiveText, count, judgementText } from '../audit/render.ts'
import { addRange, addSelection, readRange, readSelection, type SelectionOptions } from '../audit/selection.ts'
import { type Judgement, readKeys, verifyFile, verifyIndex } from '../audit/verify.ts'
import { connectionOf, openCalls } from '../calls.ts'
import type { Configure } from '../commands.ts'
import { withDatabase } from '../database.ts'
import { eventTypes } from '../events/types.ts'
import { exitCode, Failure } from '../failure.ts'
import { type Globals, wholeNumber } from '../options.ts'
import { print, printOne } from '../output.ts'
import { type Target, withTarget } from '../target.ts'
import { during } from '../terminal.ts'
import { number } from '../values.ts'
import { addArchive } from './audit-archive.ts'
import { addReplay } from './audit-replay.ts'

type HistoryOptions = SelectionOptions & { limit?: number; graph?: true }
type VerifyOptions = Pick<SelectionOptions, 'fromSeq' | 'toSeq'> & { file?: string; key?: string; archive?: true }

const configure: Configure = (command) => {
  history(command)
  verify(command)
  exporting(command)
  importing(command)
  keys(command)
  addArchive(command)
  addReplay(command)
}

const history = (command: Command) =>
  addSelection(command.command('history'))
    .description('what happened: to an order, a user, since a moment, …')
    .option('--limit <count>', `at most this many (default: all, for people ${shown})`, wholeNumber)
    .option('--graph', 'which event caused which, as a tree; with --order')
    .addHelpText(
      'after',
      `
Types: ${eventTypes.join(', ')}

Examples:
  dfctl audit history --order 01a1fe55-b59e              everything that happened to an order
  dfctl audit history --order 01a1fe55-b59e --graph      which of it caused which
  dfctl audit history --type payment_failed --since 2h
  dfctl audit history --causation 01a1fe55-b59e-7c10-9b1e-6f0d5a2c4e01     what this event led to (-o wide shows ids)
  dfctl audit history --user 01a1… -o ndjson > user.ndjson`,
    )
    .action(async (options: HistoryOptions, self) => {
      const { output, ...globals } = self.optsWithGlobals() as Globals
      if (options.graph && !options.order)
        throw new Failure('usage', '--graph draws one order', { next: 'Say which with --order.' })
      await withTarget({ output, ...globals }, async (target) => {
        const selection = await readSelection(target, options)
        await withDatabase(target, 'audit', async (db) => {
          if (options.graph && selection.order_id) return write(`${await graphOf(target, db, selection.order_id)}\n`)
          const count = await writeHistory(db, selection, { output, limit: options.limit }, write)
          if (count > 0) return
          const { order, user, correlation, causation, aggregate } = options
          const who = order ? `order ${order}` : user ? `user ${user}` : (correlation ?? causation ?? aggregate)
          if (who)
            throw nothingOf(`${who}${options.type.length + Object.keys(readRange(options)).length > 0 ? ' there' : ''}`)
          if (output === 'table' || output === 'wide') write('Nothing matches.\n')
        })
      })
    })

const verify = (command: Command) =>
  command
    .command('verify')
    .description('prove that no record of the history was changed, removed, added or moved; exit code 3 when one was')
    .option('--file <path>', 'of an export; nothing else is asked')
    .option(
      '--key <path>',
      'trust these public keys alone (PEM; see dfctl audit keys), not those that the history names itself',
    )
    .option('--archive', 'then the segments of the archive too')
    .option('--from-seq <sequence>', 'from this place on', wholeNumber)
    .option('--to-seq <sequence>', 'up to this place', wholeNumber)
    .addHelpText(
      'after',
      `
Each record is chained to the one before it, and the chain is signed now and then. Who writes into the database can make a new
chain, and name a new key, but not sign with the old one: keep the keys elsewhere, and name them with --key.

Examples:
  dfctl audit keys > deliveryflow.pem
  dfctl audit verify --key deliveryflow.pem --archive
  dfctl audit verify --file 2026-11.ndjson.gz --key deliveryflow.pem`,
    )
    .action(async (options: VerifyOptions, self) => {
      const { output, ...globals } = self.optsWithGlobals() as Globals
      const { from, to } = readRange(options)
      if (options.archive && options.file !== undefined)
        throw new Failure('usage', '--archive asks the installation, --file does not', {
          next: 'Leave one of them out.',
        })
      const { file } = options
      const judgement = await during('Verifying the history', async ({ update, fail }) => {
        const walk = {
          ...(from && { from }),
          ...(to && { to }),
          ...(options.key && { keys: readKeys(options.key) }),
          progress: (done: number, all: number) => update(all > 0 ? `${done} of ${all}` : String(done)),
        }
        const judged: Judgement & { archive?: ArchiveJudgement } =
          file === undefined
            ? await withTarget({ output, ...globals }, (target) =>
                withDatabase(target, 'audit', async (db) => {
                  const end = to === undefined ? await endOf(target, db) : null
                  const judgement = await verifyIndex(db, end ? { ...walk, to: end.end } : walk)
                  const archive = options.archive && (await verifyArchived(target, walk))
                  const findings = [...judgement.findings, ...(end?.findings ?? [])]
                  return { ...judgement, findings, ...(archive && { archive }) }
                }),
              )
            : await verifyFile(file, walk)
        if (!isProved(judged)) fail()
        return judged
      })
      const { archive } = judgement
      printOne(output, judgement, (it) =>
        [judgementText(it, options.key !== undefined), ...(archive ? [archiveText(archive)] : [])].join('\n'),
      )
      if (!isProved(judgement)) process.exitCode = exitCode.unhealthy
    })

const endOf = async (target: Target, db: Queryable) =>
  endOfHistory(await jetstreamManager(await connectionOf(target), { checkAPI: false }), db)

/** Whether nothing was found, in the archive neither. */
const isProved = ({ findings, archive }: Judgement & { archive?: ArchiveJudgement }): boolean =>
  findings.length === 0 && (!archive || isWhole(archive))

/** The segments that hold any of the places that are asked for. */
const verifyArchived = async (target: Target, walk: ArchiveOptions & { from?: number; to?: number }) => {
  const ask = await openCalls(target, segmentTimeout)
  const { from = 1, to = Number.MAX_SAFE_INTEGER } = walk
  const { segments } = await readArchive(ask)
  const chosen = segments.filter(({ first_sequence, last_sequence }) => first_sequence <= to && last_sequence >= from)
  return verifyArchive(ask, chosen, { ...walk, all: true })
}

const exporting = (command: Command) =>
  addRange(command.command('export'))
    .description('write the history, or a stretch of it, to a file that proves itself')
    .argument('<file>', 'for example history.ndjson.gz; packed when it ends in .gz')
    .addHelpText(
      'after',
      `
The file holds a JSON document on each line: the records as they lie in the stream, with their seals and the signed checkpoints.
A selection without its neighbours proves nothing: for that, dfctl audit history -o ndjson.

Examples:
  dfctl audit export history.ndjson.gz
  dfctl audit export november.ndjson.gz --since 2026-11-01 --until 2026-12-01`,
    )
    .action(async (path: string, options: SelectionOptions, self) => {
      const { output, ...globals } = self.optsWithGlobals() as Globals
      const range = readRange(options)
      const exported: Exported = { records: 0, first: null, last: null }
      await withTarget({ output, ...globals }, (target) =>
        withDatabase(target, 'audit', async (db) => {
          const places = await placesOf(db, range)
          await during(`Exporting to ${path}`, ({ update }) => {
            const told = (done: number, all: number) => update(`${done} of ${all}`)
            return writeWhole(path, exportLines(db, places, exported, told))
          })
        }),
      )
      printOne(
        output,
        { file: path, ...exported },
        () => `${count(exported.records, 'record')}, from ${exported.first} to ${exported.last}`,
      )
    })

const importing = (command: Command) =>
  command
    .command('import')
    .description('give the records of an export back to an index that lost them')
    .argument('<file>', 'what dfctl audit export wrote')
    .option('--key <path>', 'trust these public keys alone (PEM)')
    .addHelpText(
      'after',
      `
The file is verified first. What the index holds is left alone; a place that holds something else ends it. It can be broken off and
run again. An index that was lost: start audit on an empty database, then import, the oldest file first.`,
    )
    .action(async (path: string, options: { key?: string }, self) => {
      const globals = self.optsWithGlobals() as Globals
      const verdict = await verifyFile(path, options.key ? { keys: readKeys(options.key) } : {})
      const [found] = verdict.findings
      if (found)
        throw new Failure('refused', `${path} is not as it was sealed`, {
          why: `${found.what} ${found.sequence}: ${found.detail}`,
          next: `See dfctl audit verify --file ${path}.`,
        })
      await withTarget(globals, async (target) => {
        const ask = await openCalls(target)
        const imported = await during(`Importing ${path}`, ({ update }) =>
          importFile(ask, path, (done) => update(`${done} of ${verdict.records}`)),
        )
        printOne(
          globals.output,
          imported,
          ({ records, entered, last }) => `${count(records, 'record')} up to ${last}, ${number(entered)} of them new`,
        )
      })
    })

const keys = (command: Command) =>
  command
    .command('keys')
    .description('the public keys that signed the history, to be kept elsewhere')
    .action(async (_: unknown, self) => {
      const globals = self.optsWithGlobals() as Globals
      const named = await withTarget(globals, (target) => withDatabase(target, 'audit', (db) => selectKeys(db)))
      if (globals.output === 'table') return write(named.map(({ public_key }) => public_key).join(''))
      print(globals.output, {
        rows: named,
        columns: [
          { title: 'key', value: ({ key_id }) => key_id },
          { title: 'since', value: ({ since }) => since.toISOString() },
        ],
        name: ({ key_id }) => key_id,
      })
    })

const write = (text: string) => void process.stdout.write(text)

export default configure
