// dfctl open: reach a part of an installation from this machine, for as long as it runs.
import { services } from '@deliveryflow/contracts'
import { InvalidArgumentError, Option } from 'commander'
import { type Cluster, openKubernetes } from '../cluster/client.ts'
import { type Forward, forward, podBehind } from '../cluster/forward.ts'
import { type Configure, nearest } from '../commands.ts'
import { Failure } from '../failure.ts'
import { interrupted, whenAborted } from '../interrupt.ts'
import { openBrowser } from '../open/browser.ts'
import { type Part, parts } from '../open/parts.ts'
import type { Globals } from '../options.ts'
import { printOne } from '../output.ts'
import { withTarget } from '../target.ts'
import { say } from '../terminal.ts'

type Options = { port?: number; browser: boolean; service?: string }

const portNumber = (text: string): number => {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port
  throw new InvalidArgumentError('It must be a port, from 1 to 65535.')
}

const configure: Configure = (command) =>
  command
    .argument('<part>', Object.keys(parts).join(', '))
    .addOption(
      new Option(
        '--port <port>',
        'port of this machine (default: that of the part, or a free one where it is taken)',
      ).argParser(portNumber),
    )
    .option('--service <name>', 'whose metrics')
    .option('--browser', 'open it in the browser too', false)
    .addHelpText(
      'after',
      `
Parts:
${Object.entries(parts)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')}

It lasts until Ctrl-C and follows a pod that is replaced. Examples:
  dfctl open docs --browser
  dfctl open metrics --service saga`,
    )
    .action(async (name: string, options: Options, self) => {
      const globals = self.optsWithGlobals() as Globals
      const part = partOf(name, options.service)
      if (globals.local !== undefined) {
        await withTarget(globals, async (target) =>
          show(globals, name, await part.local(target), part, options.browser),
        )
        return
      }
      await keepOpen(openKubernetes(globals), part, options.port, (port) =>
        show(globals, name, `${part.scheme}://127.0.0.1:${port}${part.path ?? ''}`, part, options.browser),
      )
    })

const partOf = (name: string, service: string | undefined): Part => {
  const part = parts[name]
  if (!part) {
    const near = nearest(name, Object.keys(parts))
    throw new Failure('usage', `There is no part ${name}`, {
      why: `there are ${Object.keys(parts).join(', ')}`,
      ...(near ? { next: `Did you mean dfctl open ${near}?` } : {}),
    })
  }
  if (service === undefined) return part
  if (name !== 'metrics') throw new Failure('usage', '--service goes with metrics alone')
  const names = services.map((known) => known.name)
  if (names.includes(service)) return { ...part, service }
  const near = nearest(service, names)
  throw new Failure('usage', `There is no service ${service}`, {
    next: near ? `Did you mean ${near}?` : `There are ${names.join(', ')}.`,
  })
}

const show = ({ output, local }: Globals, name: string, url: string, part: Part, browser: boolean): void => {
  printOne(output, { part: name, url }, () => url)
  if (part.secret && local === undefined) say(`The password is in the Secret ${part.secret}.`)
  if (!browser) return
  if (part.path === null) say(`${name} is nothing for a browser.`)
  else openBrowser(url)
}

/** Forwards until Ctrl-C. Each connection goes to a pod that is ready at that moment; a change of pods is told. */
const keepOpen = async (cluster: Cluster, part: Part, port: number | undefined, ready: (port: number) => void) => {
  const stop = interrupted()
  let pod = await podBehind(cluster, part.service)
  const currentPod = async () => {
    const found = await podBehind(cluster, part.service).catch((error: unknown) => {
      say(error instanceof Failure ? `${error.message}; the connection is refused until one is.` : String(error))
      throw error
    })
    if (found !== pod) say(`${pod} is gone or not ready; now by ${found}`)
    pod = found
    return found
  }
  const opened = await forwardOn(
    port ?? part.port,
    (at) => forward(cluster, currentPod, part.port, at),
    port === undefined,
  )
  try {
    ready(opened.port)
    say(`To ${pod} of namespace ${cluster.namespace}; Ctrl-C ends it.`)
    await whenAborted(stop)
  } finally {
    await opened.close()
  }
}

/** Takes the port that people expect; another one only where nobody asked for that port and something else has it. */
const forwardOn = async (
  port: number,
  open: (port: number) => Promise<Forward>,
  mayMove: boolean,
): Promise<Forward> => {
  try {
    return await open(port)
  } catch (error) {
    if (!mayMove || !(error instanceof Failure && error.kind === 'refused')) throw error
    say(`Port ${port} of this machine is taken; a free one is used.`)
    return open(0)
  }
}

export default configure
