// The options that every command has, each with its environment variable, and their check.
import { type Command, InvalidArgumentError, Option } from 'commander'
import { Failure } from './failure.ts'

export const formats = ['table', 'wide', 'json', 'ndjson', 'yaml', 'name'] as const
export type Format = (typeof formats)[number]

/** Whether programs are to read it as JSON; what goes on and on is one document on each line in either form. */
export const isJson = (format: Format): boolean => format === 'json' || format === 'ndjson'

/** What was asked for, whatever the command. */
export type Globals = {
  context?: string
  namespace: string
  kubeconfig?: string
  local?: true
  /** Of a local run other than the default. */
  localFolder?: string
  output: Format
  /** Milliseconds that waiting and calls may take in all. */
  timeout: number
  verbose: boolean
  quiet: boolean
}

/** "90", "90s", "5m", "1h" in milliseconds. Throws a usage Failure for anything else. */
export const duration = (text: string): number => {
  const [, number, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? []
  if (number === undefined)
    throw new Failure('usage', `"${text}" is no duration`, { next: 'Write it like 30s, 5m or 1h.' })
  return Number(number) * { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit as 'ms' | 's' | 'm' | 'h']
}

/** A whole number from 1, as an option takes it. */
export const wholeNumber = (text: string): number => {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number >= 1) return number
  throw new InvalidArgumentError('It must be a whole number from 1.')
}

/** An option that an environment variable can give too: `--timeout` is DFCTL_TIMEOUT. */
export const option = (flags: string, description: string): Option => {
  const made = new Option(flags, description)
  return made.env(
    `DFCTL_${made
      .attributeName()
      .replace(/[A-Z]/g, (letter) => `_${letter}`)
      .toUpperCase()}`,
  )
}

/** Adds the common options to the program. */
export const addGlobals = (program: Command): Command =>
  program
    .addOption(option('--context <name>', 'context of the kubeconfig'))
    .addOption(option('-n, --namespace <name>', 'namespace of the installation').default('deliveryflow'))
    .addOption(option('--kubeconfig <file>', 'kubeconfig file (default: KUBECONFIG, then ~/.kube/config)'))
    .addOption(option('--local', 'aim at the run of npm start on this machine instead of a cluster'))
    .addOption(option('--local-folder <folder>', 'the same, by its data folder').implies({ local: true }))
    .addOption(option('-o, --output <format>', 'form of the answer').choices(formats).default('table'))
    .addOption(option('--timeout <duration>', 'how long waiting may take').argParser(duration).default(300_000, '5m'))
    .addOption(option('-v, --verbose', 'show what is called, and the stack of an error').default(false))
    .addOption(option('-q, --quiet', 'no progress, only the answer').default(false))
