// dfctl rollback: goes back to an earlier revision of the services, or of the backing.
import { Argument, InvalidArgumentError } from 'commander'
import type { Configure } from '../commands.ts'
import { Failure } from '../failure.ts'
import { readRelease } from '../install/apply.ts'
import { type ReleaseName, releaseNames } from '../install/charts.ts'
import { type Installer, withInstaller } from '../install/installer.ts'
import { withLease } from '../install/lease.ts'
import { compareManifests } from '../install/manifest.ts'
import { printPlan, renderedNow } from '../install/plan.ts'
import { type Revision, readHistory, repairRelease } from '../install/revisions.ts'
import { goBack, migrationsStay, targetOf } from '../install/rollback.ts'
import { type Globals, option } from '../options.ts'
import { print, printOne } from '../output.ts'
import { say } from '../terminal.ts'

type Options = Globals & { list?: boolean; dryRun?: boolean; release: ReleaseName }

const configure: Configure = (command) =>
  command
    .addArgument(new Argument('[revision]', 'where to (default: the one before that differs)').argParser(number))
    .addOption(option('--list', 'show the revisions, change nothing'))
    .addOption(option('--dry-run', 'show what would be changed, change nothing'))
    .addOption(option('--release <name>', 'of which part').choices(releaseNames).default('deliveryflow'))
    .addHelpText(
      'after',
      `
${migrationsStay}

Examples:
  dfctl rollback --list      the revisions
  dfctl rollback             to the one before
  dfctl rollback 3           to revision 3`,
    )
    .action(async (revision: number | undefined, _: unknown, self) => {
      const options = self.optsWithGlobals() as Options
      await withInstaller(options, (installer) => rollback(installer, options, revision))
    })

const number = (text: string): number => {
  if (/^[1-9]\d*$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be the number of a revision: see dfctl rollback --list.')
}

const rollback = async (installer: Installer, options: Options, wanted: number | undefined): Promise<void> => {
  const { release: name, output } = options
  const { helm, cluster } = installer
  const release = await readRelease(cluster, name)
  if (!release) {
    throw new Failure('not_found', `There is no release ${name} in namespace ${cluster.namespace}`, {
      next: 'Install it with dfctl deploy; another installation: --namespace.',
    })
  }
  const history = await readHistory(helm, name)
  if (options.list) return show(options, history)
  const target = await targetOf(installer, name, history, wanted)
  if (options.dryRun) {
    const [now, then] = await Promise.all([renderedNow(helm, name), renderedNow(helm, name, target)])
    say(`${name} would go from revision ${release.revision} back to ${target}. ${migrationsStay}`)
    return printPlan(output, compareManifests(name, now, then))
  }
  say(`${name} goes from revision ${release.revision} back to ${target}. ${migrationsStay}`)
  const made = await withLease(cluster, say, async () => {
    await repairRelease(installer, await readRelease(cluster, name))
    return goBack(installer, name, target)
  })
  const answer = { release: name, from: release.revision, to: target, revision: made }
  printOne(output, answer, () => `${name} is as revision ${target} was, and ready (revision ${made}).`)
}

const show = ({ output, release }: Options, history: readonly Revision[]): void =>
  print(output, {
    rows: history,
    columns: [
      { title: 'revision', value: ({ revision }) => String(revision) },
      { title: 'updated', value: ({ updated }) => new Date(updated).toISOString() },
      { title: 'status', value: ({ status }) => status },
      { title: 'version', value: ({ app_version }) => app_version },
      { title: 'chart', value: ({ chart }) => chart, wide: true },
      { title: 'description', value: ({ description }) => description },
    ],
    name: ({ revision }) => `${release}/${revision}`,
  })

export default configure
