// dfctl status: the whole installation on one screen, once or again and again.
import { setTimeout as sleep } from 'node:timers/promises'
import type { Configure } from '../commands.ts'
import { readingsOf } from '../health/readings.ts'
import { renderStatus } from '../health/render-status.ts'
import { readStatus, type Status } from '../health/status.ts'
import { interrupted } from '../interrupt.ts'
import { type Globals, isJson, option } from '../options.ts'
import { print, printOne } from '../output.ts'
import { openTarget, type Target } from '../target.ts'

type Options = Globals & { watch: boolean }

/** On a terminal the screen is drawn anew; elsewhere each look is a block of its own, or a line of JSON. */
const every = { terminal: 2000, elsewhere: 5000 }

const configure: Configure = (command) =>
  command
    .addOption(option('--watch', 'look again and again, until Ctrl-C').default(false))
    .addHelpText(
      'after',
      `
connected and answering count the instances that NATS sees; lag is what waits for a service or is in its hands.

Examples:
  dfctl status --watch
  dfctl status -o json | jq '.services[] | select(.ready != .wanted)'`,
    )
    .action(async (_: unknown, self) => {
      const options = self.optsWithGlobals() as Options
      if (options.watch) return watch(options)
      const target = await openTarget(options)
      try {
        show(options, await look(options, target))
      } finally {
        await target.close()
      }
    })

const look = async (options: Options, target: Target): Promise<Status> => {
  if (target.kind === 'local') return readStatus(readingsOf(target, null), null)
  const [{ openKubernetes }, { installationReadings }] = await Promise.all([
    import('../cluster/client.ts'),
    import('../health/installation.ts'),
  ])
  const cluster = openKubernetes(options)
  return readStatus(readingsOf(target, cluster), installationReadings(cluster).workloads)
}

const watch = async (options: Options): Promise<void> => {
  const terminal = process.stdout.isTTY === true && !isJson(options.output) && options.output !== 'yaml'
  const stop = interrupted()
  let target = await openTarget(options)
  try {
    while (!stop.aborted) {
      const status = await look(options, target)
      if (isJson(options.output)) process.stdout.write(`${JSON.stringify(status)}\n`)
      else if (terminal) draw(renderStatus(status, options.output === 'wide'))
      else show(options, status)
      await sleep(terminal ? every.terminal : every.elsewhere, undefined, { signal: stop }).catch(() => undefined)
      if (status.nats.reason === null || stop.aborted) continue
      // A connection that was lost may not come back by itself: the pod behind it may be another one now.
      await target.close()
      target = await openTarget(options)
    }
  } finally {
    await target.close()
  }
}

/** From the top left, each line and then the rest of the screen cleared: no flicker. */
const draw = (text: string) => process.stdout.write(`\x1b[H${text.replaceAll('\n', '\x1b[K\n')}\x1b[K\n\x1b[J`)

const show = ({ output }: Options, status: Status) => {
  if (output === 'name') print(output, { rows: status.services, columns: [], name: ({ name }) => name })
  else printOne(output, status, (one) => renderStatus(one, output === 'wide'))
}

export default configure
