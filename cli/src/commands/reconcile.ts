// dfctl reconcile: after NATS lost something, the streams are refilled from what the services said.

import { openCalls } from '../calls.ts'
import type { Configure } from '../commands.ts'
import { exitCode } from '../failure.ts'
import type { Globals } from '../options.ts'
import { printOne } from '../output.ts'
import { type Reconciled, reconcile } from '../reconcile/reconcile.ts'
import { withTarget } from '../target.ts'
import { color } from '../terminal.ts'
import { moment } from '../time.ts'

const configure: Configure = (command) => {
  command
    .option('--since <moment>', 'compare what was said since: 2h, 3d or a time', '1d')
    .option('--dry-run', 'only say what is missing')
    .addHelpText(
      'after',
      `
Every message that a service says is kept in its PostgreSQL for 35 days. What is not in the history is published again; what a service
has never handled is given to it, and to nobody else. Streams and consumers that are gone are made; the history goes on where it ended.
Nothing is handled twice. Exit code 3 when a service could not handle something.

Examples:
  dfctl reconcile --dry-run
  dfctl reconcile --since 3h`,
    )
    .action(async (options: { since: string; dryRun?: true }, self) => {
      const { output, timeout, ...globals } = self.optsWithGlobals() as Globals
      const since = moment(options.since)
      const dry_run = options.dryRun === true
      const result = await withTarget({ output, timeout, ...globals }, async (target) =>
        reconcile(target, await openCalls(target, 60_000), { since, dry_run, timeout }),
      )
      printOne(output, result, (it) => resultText(it, dry_run))
      if (result.failed.length > 0) process.exitCode = exitCode.unhealthy
    })
}

const resultText = ({ said, made, published, handed_over, failed }: Reconciled, dry_run: boolean): string => {
  const lines = [
    ...made.map((name) => `${dry_run ? 'is missing' : 'made'}: ${name}`),
    ...Object.entries(published).map(
      ([subject, count]) => `${dry_run ? 'not in the history' : 'published again'}: ${count} ${subject}`,
    ),
    ...Object.entries(handed_over).map(
      ([service, count]) => `${dry_run ? 'not handled' : 'handed over'}: ${count} by ${service}`,
    ),
    ...failed.map(({ service, subject, id, error }) => color.red(`failed: ${service} ${subject} ${id}: ${error}`)),
  ]
  return lines.length === 0 ? `Nothing is missing of ${said.toLocaleString('en')} messages.` : lines.join('\n')
}

export default configure
