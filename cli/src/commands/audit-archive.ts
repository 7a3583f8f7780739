// dfctl audit archive: the part of the history that outlives the stream, listed, proved and given back to an index that lost it.
import type { ArchivedSegment } from '@deliveryflow/contracts'
import type { Command } from 'commander'
import {
  type ArchiveState,
  isWhole,
  readArchive,
  restoreArchive,
  segmentTimeout,
  verifyArchive,
} from '../audit/archive.ts'
import { archiveText, count } from '../audit/render.ts'
import { readKeys } from '../audit/verify.ts'
import { openCalls } from '../calls.ts'
import { exitCode, Failure } from '../failure.ts'
import type { Globals } from '../options.ts'
import { type Column, print, printOne } from '../output.ts'
import { size } from '../size.ts'
import { withTarget } from '../target.ts'
import { color, during } from '../terminal.ts'
import { number } from '../values.ts'

type Options = { key?: string }

/** Adds the command with all of its own. */
export const addArchive = (audit: Command): void => {
  const command = audit
    .command('archive')
    .description('what the stream forgets: segments of the history in a folder or a bucket')
    .addHelpText(
      'after',
      `
audit copies the sealed history into the archive, segment by segment, each up to a signed checkpoint: a file that proves itself, and the
same as dfctl audit export writes (dfctl audit verify --file takes one). It lies there long before the stream forgets it.

Examples:
  dfctl audit archive list
  dfctl audit archive verify --key deliveryflow.pem
  dfctl audit archive restore                            into an index that was lost`,
    )

  command
    .command('list')
    .description('the segments, how far the history is archived, and why no further')
    .action(async (_: unknown, self) => {
      const globals = self.optsWithGlobals() as Globals
      await withTarget(globals, async (target) => {
        const state = await readArchive(await openCalls(target))
        const { output } = globals
        print(output, {
          rows: state.segments,
          columns,
          name: ({ name }) => name,
          data: state,
          empty: 'No segment yet.',
        })
        if (output === 'table' || output === 'wide') process.stdout.write(`\n${stateText(state)}\n`)
      })
    })

  command
    .command('verify')
    .description('prove that every segment is what was archived; exit code 3 when one is not')
    .argument('[segments...]', 'names of segments (default: all)')
    .option('--key <path>', 'trust these public keys alone (PEM; see dfctl audit keys)')
    .addHelpText(
      'after',
      `
audit reads each segment out of the archive: its bytes must have the SHA-256 of then, its records their seals and signatures, and the
seals must be those of the index. It names each record that was changed, removed or added, or the line where a file is damaged.`,
    )
    .action(async (names: string[], options: Options, self) => {
      const { output, ...globals } = self.optsWithGlobals() as Globals
      const keys = options.key ? { keys: readKeys(options.key) } : {}
      await withTarget({ output, ...globals }, async (target) => {
        const ask = await openCalls(target, segmentTimeout)
        const { segments } = await readArchive(ask)
        const chosen = names.length === 0 ? segments : names.map((name) => segmentNamed(segments, name))
        const judgement = await during('Verifying the archive', async ({ update, fail }) => {
          const progress = (done: number, all: number) => update(`${done} of ${count(all, 'segment')}`)
          const judged = await verifyArchive(ask, chosen, { ...keys, progress, all: names.length === 0 })
          if (!isWhole(judged)) fail()
          return judged
        })
        printOne(output, judgement, archiveText)
        if (!isWhole(judgement)) process.exitCode = exitCode.unhealthy
      })
    })

  command
    .command('restore')
    .description('give all that is archived back to an index that lost it')
    .option('--key <path>', 'trust these public keys alone (PEM), not those that a segment names itself')
    .addHelpText(
      'after',
      `
An index that was lost: start audit on an empty database, then run this; what the stream still has comes by itself. What the index holds
is left alone, and a place that holds something else ends it. It can be broken off and run again.`,
    )
    .action(async (options: Options, self) => {
      const { output, ...globals } = self.optsWithGlobals() as Globals
      const keys = options.key ? { keys: readKeys(options.key) } : {}
      await withTarget({ output, ...globals }, async (target) => {
        const ask = await openCalls(target, segmentTimeout)
        const { segments, place } = await readArchive(ask)
        const stored = segments.filter((segment) => segment.stored)
        if (stored.length === 0)
          throw new Failure('not_found', 'The archive holds no segment', { why: `it is ${place}` })
        const restored = await during(`Restoring from ${place}`, ({ update }) =>
          restoreArchive(ask, stored, {
            ...keys,
            progress: (done, all) => update(`${done} of ${count(all, 'segment')}`),
          }),
        )
        printOne(
          output,
          restored,
          (it) =>
            `${count(it.records, 'record')} of ${count(it.segments, 'segment')} up to ${it.last}, ${number(it.entered)} of them new`,
        )
      })
    })
}

const segmentNamed = (segments: readonly ArchivedSegment[], name: string): ArchivedSegment => {
  const found = segments.find((segment) => segment.name === name)
  if (found) return found
  throw new Failure('not_found', `The archive holds no segment ${name}`, { next: 'See dfctl audit archive list.' })
}

const columns: Column<ArchivedSegment>[] = [
  { title: 'segment', value: ({ name }) => name },
  { title: 'records', value: ({ records }) => (records === null ? '?' : number(records)) },
  { title: 'size', value: ({ bytes }) => (bytes === null ? '?' : size(bytes)) },
  { title: 'archived', value: ({ archived_at }) => archived_at ?? 'the index does not know of it' },
  { title: 'stored', value: ({ stored }) => (stored ? 'yes' : color.red('gone')) },
  { title: 'sha-256', value: ({ sha256 }) => sha256 ?? '?', wide: true },
]

const stateText = ({ place, sealed, archived, error, failed_at }: ArchiveState): string =>
  [
    `${place}: archived up to ${archived} of ${sealed} that are sealed`,
    ...(error ? [color.yellow(`since ${failed_at} nothing could be archived: ${error}`)] : []),
  ].join('\n')
