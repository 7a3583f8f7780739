// dfctl: finds the command that was asked for, runs it, and turns how it ended into a message and an exit code.
import { Command, CommanderError } from 'commander'
import { commands, nearest } from './commands.ts'
import { exitCode, Failure } from './failure.ts'
import { addGlobals, type Globals } from './options.ts'
import { color, setTalk } from './terminal.ts'

const version = '0.1.0'

/** The program with every command named; only those that `wanted` picks are loaded whole. */
export const programWith = async (wanted: (name: string) => boolean): Promise<Command> => {
  const program = addGlobals(new Command('dfctl'))
    .description('Installs, watches, scales and explains a DeliveryFlow installation.')
    .version(version, '-V, --version', 'print the version of dfctl')
    .configureHelp({ sortSubcommands: false, showGlobalOptions: true })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText(
      'after',
      `
Each option has an environment variable: --namespace is DFCTL_NAMESPACE. Answers go to stdout, all else to stderr.
Exit codes: 0 done, 1 failed, 2 wrong usage, 3 unhealthy, 4 not found, 5 refused because something must come first.

Examples:
  dfctl deploy --profile light --wait     install everything and prove it with an order
  dfctl check                             what is wrong, and what to do about it
  dfctl order trace 0198c0de-…            everything that happened to an order
  dfctl status --local                    the same for the run of npm start`,
    )
    .hook('preAction', (_, action) => setTalk(action.optsWithGlobals<Globals>()))
  for (const { name, summary, load } of commands) {
    const command = program.command(name).description(summary)
    command.copyInheritedSettings(program)
    if (wanted(name)) (await load()).default(command)
  }
  return program
}

/** The first word that is not an option or an option's value. */
const commandIn = (words: readonly string[]): string | undefined => {
  const takesValue = new Set(['--context', '-n', '--namespace', '--kubeconfig', '-o', '--output', '--timeout'])
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) return word
    if (takesValue.has(word)) at++
  }
  return undefined
}

const explain = (error: unknown, verbose: boolean): number => {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.done : exitCode.usage
  if (error instanceof Failure) {
    process.stderr.write(`${color.red('error:')} ${error.message}\n`)
    if (error.why) process.stderr.write(`  why: ${error.why}\n`)
    if (error.next) process.stderr.write(`  do:  ${error.next}\n`)
    if (verbose && error.stack) process.stderr.write(`${color.dim(error.stack)}\n`)
    return exitCode[error.kind]
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  process.stderr.write(`${color.red('error:')} ${message}\n`)
  if (verbose) process.stderr.write(`${color.dim(stack ?? '')}\n`)
  else process.stderr.write('  do:  run it again with --verbose to see where it happened\n')
  return exitCode.failed
}

/** Runs dfctl with these arguments and resolves to its exit code. */
export const run = async (words: readonly string[]): Promise<number> => {
  const asked = commandIn(words)
  try {
    if (asked !== undefined && asked !== 'help' && !commands.some(({ name }) => name === asked)) {
      const near = nearest(
        asked,
        commands.map(({ name }) => name),
      )
      throw new Failure('usage', `There is no command ${asked}`, {
        next: near ? `Did you mean dfctl ${near}?` : 'See dfctl --help.',
      })
    }
    const program = await programWith((name) => name === asked || (asked === 'help' && words.includes(name)))
    await program.parseAsync(words, { from: 'user' })
    return Number(process.exitCode ?? exitCode.done)
  } catch (error) {
    return explain(error, words.includes('-v') || words.includes('--verbose'))
  }
}

// A reader that has seen enough, like `| head`, is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

process.exitCode = await run(process.argv.slice(2))
