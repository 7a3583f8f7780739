// dfctl upgrade: moves an installation to another version or other settings, and back when that fails.
import { Option } from 'commander'
import type { Configure } from '../commands.ts'
import { withInstaller } from '../install/installer.ts'
import { countChanges, printPlan } from '../install/plan.ts'
import { migrationsStay } from '../install/rollback.ts'
import { addNatsChart, addSettings, settingsHelp } from '../install/settings.ts'
import { type UpgradeOptions, upgrade } from '../install/upgrade.ts'
import { option } from '../options.ts'
import { printOne } from '../output.ts'

const configure: Configure = (command) => {
  addNatsChart(addSettings(command))
    .addOption(option('--dry-run', 'show what would be changed, change nothing'))
    .addOption(new Option('--no-rollback', 'leave it as it is when it fails').env('DFCTL_NO_ROLLBACK'))
    .addHelpText(
      'after',
      `${settingsHelp}

New pods take over one by one, each when it is ready, so that no request is lost. When a pod cannot start, or a check fails that
did not fail before, the releases go back to the revisions they had. ${migrationsStay}

Examples:
  dfctl upgrade --image-tag 1.4.0
  dfctl upgrade --set services.order.replicas=3 --dry-run`,
    )
    .action(async (_: unknown, self) => {
      const options = self.optsWithGlobals() as UpgradeOptions
      await withInstaller(options, async (installer) => {
        const upgraded = await upgrade(installer, options)
        if (options.dryRun) return printPlan(options.output, upgraded.changes)
        const changes = upgraded.changes.map(({ patch: _patch, ...change }) => change)
        printOne(options.output, { ...upgraded, changes }, ({ releases }) =>
          releases.length === 0
            ? 'Nothing to change.'
            : `Upgraded: ${countChanges(upgraded.changes)}; ${releases.map(({ name, to }) => `${name} is at revision ${to}`).join(', ')}.`,
        )
      })
    })
}

export default configure
