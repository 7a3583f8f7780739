// dfctl deploy: installs or completes an installation in waves, and proves it with an order.
import { Option } from 'commander'
import type { Configure } from '../commands.ts'
import { type DeployOptions, deploy, rehearse } from '../install/deploy.ts'
import { withInstaller } from '../install/installer.ts'
import { printPlan } from '../install/plan.ts'
import { addNatsChart, addProfile, addSettings, settingsHelp } from '../install/settings.ts'
import { option } from '../options.ts'
import { printOne } from '../output.ts'

const configure: Configure = (command) => {
  addNatsChart(addSettings(addProfile(command)))
    .addOption(option('--dry-run', 'show what would be done, change nothing'))
    .addOption(option('--wait', 'wait until everything is ready (the default)').default(true))
    .addOption(new Option('--no-wait', 'do not wait for the services; no proof then').env('DFCTL_NO_WAIT'))
    .addOption(option('--skip-proof', 'place no order at the end'))
    .addHelpText(
      'after',
      `${settingsHelp}

Waves: pre-check, namespace, backing, streams and migrations, services, and an order that is placed and followed to PAID.
Each can be repeated. After a failure or Ctrl-C run the same command again: it continues.

Examples:
  dfctl deploy --profile light                          on a laptop
  dfctl deploy --registry registry.example:5000 --image-tag 1.4.0
  dfctl deploy --set services.order.replicas=3 --set backing.nats.storage=10Gi
  dfctl deploy --dry-run                                what would be done`,
    )
    .action(async (_: unknown, self) => {
      const options = self.optsWithGlobals() as DeployOptions
      await withInstaller(options, async (installer) => {
        if (options.dryRun) return printPlan(options.output, await rehearse(installer, options))
        const started = performance.now()
        const deployed = await deploy(installer, options)
        const { context, namespace } = installer.cluster
        const answer = {
          context,
          namespace,
          ...deployed,
          seconds: Math.round((performance.now() - started) / 100) / 10,
        }
        printOne(options.output, answer, summary)
      })
    })
}

type Answer = Awaited<ReturnType<typeof deploy>> & { context: string; namespace: string; seconds: number }

const summary = ({ context, namespace, profile, releases, proof, seconds }: Answer): string => {
  const same = releases.every(({ change }) => change === 'unchanged') ? '; nothing had to be changed' : ''
  const proved = proof ? `; an order was paid in ${proof.paid_ms} ms` : ''
  return `DeliveryFlow (${profile}) is in namespace ${namespace} of ${context} after ${seconds} s${same}${proved}.`
}

export default configure
