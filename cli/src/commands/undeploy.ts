// dfctl undeploy: removes an installation; its data only when asked to, and after a confirmation.
import type { Configure } from '../commands.ts'
import { Failure } from '../failure.ts'
import { withInstaller } from '../install/installer.ts'
import { count, type Remains, readRemains, undeploy } from '../install/undeploy.ts'
import { type Globals, option } from '../options.ts'
import { printOne } from '../output.ts'
import { answerTo, canAsk, say } from '../terminal.ts'

type Options = Globals & { purge?: boolean; yes?: boolean; dryRun?: boolean }

const configure: Configure = (command) =>
  command
    .addOption(option('--purge', 'remove the data too: volumes, Secrets, and the namespace when dfctl made it'))
    .addOption(option('-y, --yes', 'do not ask before data are removed'))
    .addOption(option('--dry-run', 'show what would be removed, change nothing'))
    .addHelpText(
      'after',
      `
Without --purge volumes and Secrets stay: dfctl deploy takes them up again.

Examples:
  dfctl undeploy
  dfctl undeploy --purge --yes`,
    )
    .action(async (_: unknown, self) => {
      const options = self.optsWithGlobals() as Options
      await withInstaller(options, async (installer) => {
        const { namespace, context } = installer.cluster
        const place = `namespace ${namespace} of ${context}`
        const before = await readRemains(installer.cluster)
        const isEmpty = [before.releases, before.claims, before.databases, before.secrets].every(
          ({ length }) => length === 0,
        )
        if (isEmpty && !(options.purge && before.namespace === 'ours')) {
          return printOne(options.output, before, () => `There is nothing of DeliveryFlow in ${place}.`)
        }
        if (options.dryRun) return printOne(options.output, before, (there) => `In ${place}: ${told(there)}`)
        if (options.purge && !options.yes) await confirm(namespace, before)
        const after = await undeploy(installer, before, options.purge ?? false)
        printOne(options.output, after, (left) => `Removed from ${place}. Left: ${told(left)}`)
      })
    })

/** Throws `refused` unless the name of the namespace is typed on a terminal. */
const confirm = async (namespace: string, before: Remains): Promise<void> => {
  if (!canAsk()) {
    throw new Failure('refused', 'Data are not removed without a confirmation', {
      why: 'there is no terminal to ask at',
      next: 'Add --yes, or leave out --purge to keep the data.',
    })
  }
  say(`This removes for ever: ${told(before)}`)
  const typed = await answerTo(`Type the name of the namespace, ${namespace}, to go on:`)
  if (typed !== namespace) throw new Failure('refused', 'Nothing was removed: another name was typed')
}

const told = ({ releases, claims, databases, secrets, namespace }: Remains): string => {
  const parts = [
    releases.length > 0 ? `releases ${releases.join(' and ')}` : '',
    databases.length > 0
      ? `the PostgreSQL cluster ${databases.join(', ')}, still running, as its data would go with it`
      : '',
    claims.length > 0 ? `${count(claims.length, 'volume')} with data` : '',
    secrets.length > 0 ? count(secrets.length, 'Secret') : '',
    namespace === 'none' ? '' : `the namespace${namespace === 'ours' ? '' : ', which dfctl did not make'}`,
  ]
  return `${parts.filter((part) => part !== '').join('; ') || 'nothing'}.`
}

export default configure
