// dfctl check: what is wrong with an installation, and the command that helps.
import { setTimeout as sleep } from 'node:timers/promises'
import { InvalidArgumentError } from 'commander'
import type { Configure } from '../commands.ts'
import { Failure } from '../failure.ts'
import { type Health, runChecks } from '../health/check.ts'
import { checksBefore, checksOf } from '../health/checks.ts'
import { readingsOf } from '../health/readings.ts'
import { renderHealth, summary } from '../health/render.ts'
import { presentAsNew } from '../install/present.ts'
import { addProfile, addSettings, type Settings } from '../install/settings.ts'
import { type Globals, option } from '../options.ts'
import { print, printOne } from '../output.ts'
import { withTarget } from '../target.ts'
import { progress } from '../terminal.ts'

type Options = Globals & Settings & { pre: boolean; wait: boolean; lagLimit: number }

const between = 3000

const configure: Configure = (command) =>
  addSettings(addProfile(command))
    .addOption(option('--pre', 'only what must hold before an install with these settings').default(false))
    .addOption(option('--wait', 'look again until it is healthy, as long as --timeout says').default(false))
    .addOption(
      option('--lag-limit <messages>', 'how many messages may wait for one consumer')
        .argParser(wholeNumber)
        .default(1000),
    )
    .addHelpText(
      'after',
      `
Exit code 3 when a check failed; warnings do not change it. What could not be checked because of another failure is marked.

Examples:
  dfctl check --pre --profile operators --values production.yaml
                                          may it be installed here?
  dfctl check --wait --timeout 2m         wait until everything is well
  dfctl check -o json                     {healthy, checks: [{id, group, title, state, reason, next}]}`,
    )
    .action(async (_: unknown, self) => {
      const options = self.optsWithGlobals() as Options
      if (options.pre && options.local !== undefined)
        throw new Failure('usage', 'There is nothing to check before a local run', { next: 'Start it with npm start.' })
      const health = options.wait ? await untilHealthy(options) : await look(options)
      show(options, health)
      if (health.healthy) return
      const failed = health.checks.filter(({ state }) => state === 'failure')
      throw new Failure('unhealthy', options.pre ? 'It cannot be installed here' : 'It is not healthy', {
        why: `${failed.length} of ${health.checks.length} checks failed`,
      })
    })

const wholeNumber = (text: string): number => {
  if (/^\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a whole number from 0.')
}

const look = async (options: Options): Promise<Health> => {
  const cluster = options.local === undefined ? (await import('../cluster/client.ts')).openKubernetes(options) : null
  if (options.pre && cluster) {
    const present = presentAsNew(options)
    try {
      return await runChecks(await checksBefore(cluster, options, present))
    } finally {
      present.values.remove()
    }
  }
  return withTarget(options, async (target) => {
    const readings = readingsOf(target, cluster)
    return runChecks(await checksOf(readings, { lag_limit: options.lagLimit }))
  })
}

/** Everything is opened anew for each look: what was away a moment ago may be somewhere else now. */
const untilHealthy = async (options: Options): Promise<Health> => {
  const deadline = Date.now() + options.timeout
  const waiting = progress('waiting until everything is well')
  for (;;) {
    const health = await look(options)
    if (health.healthy) {
      waiting.done('everything is well')
      return health
    }
    if (Date.now() + between > deadline) {
      waiting.fail('not everything is well')
      return health
    }
    waiting.update(summary(health.checks))
    await sleep(between)
  }
}

const show = ({ output }: Options, health: Health) => {
  if (output === 'name') print(output, { rows: health.checks, columns: [], name: ({ id }) => id })
  else printOne(output, health, (one) => renderHealth(one, output === 'wide'))
}

export default configure
