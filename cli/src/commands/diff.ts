// dfctl diff: what deploy would change, object by object; values of Secrets are not shown.
import type { Configure } from '../commands.ts'
import { Failure, reasonOf } from '../failure.ts'
import { withInstaller } from '../install/installer.ts'
import type { Change } from '../install/manifest.ts'
import { changeText, countChanges, planDeploy } from '../install/plan.ts'
import { addProfile, addSettings, type Settings, settingsHelp } from '../install/settings.ts'
import type { Globals } from '../options.ts'
import { print, printOne } from '../output.ts'
import { say } from '../terminal.ts'

const configure: Configure = (command) => {
  addSettings(addProfile(command))
    .addHelpText(
      'after',
      `${settingsHelp}

Exit code 0: the same; 1: different; 2 or more: it could not be told.

Examples:
  dfctl diff                              what a deploy of this checkout would change
  dfctl diff --image-tag 1.4.0 -o name    the objects that another version changes`,
    )
    .action(async (_: unknown, self) => {
      const options = self.optsWithGlobals() as Globals & Settings
      const changes = await withInstaller(options, (installer) => planDeploy(installer, options)).catch(undecided)
      if (options.output === 'name') print('name', { rows: changes, columns: [], name: nameOf })
      else printOne(options.output, changes, (all) => all.map(changeText).join('\n\n'))
      say(countChanges(changes))
      if (changes.length > 0) process.exitCode = 1
    })
}

const nameOf = ({ kind, name }: Change) => `${kind.toLowerCase()}/${name}`

/** Exit code 1 says "different": what failed must not say it too. */
const undecided = (error: unknown): never => {
  const { kind, why, next } = error instanceof Failure ? error : { kind: 'failed', why: undefined, next: undefined }
  if (error instanceof Failure && kind !== 'failed') throw error
  throw new Failure('usage', reasonOf(error), { cause: error, ...(why && { why }), ...(next && { next }) })
}

export default configure
