// The completion script for fish.
import type { CompletedCommand, CompletedOption } from './words.ts'

/** A script for ~/.config/fish/completions/dfctl.fish, or to be sourced. */
export const fishScript = (program: CompletedCommand): string =>
  [
    '# fish completion for dfctl: dfctl completion fish | source',
    'complete -c dfctl -f',
    ...program.options.map((option) => optionLine('', option)),
    ...program.commands.map(({ name, about }) => wordLine('__fish_use_subcommand', name, about)),
    ...program.commands.flatMap((command) => linesOf(command, `__fish_seen_subcommand_from ${command.name}`)),
    '',
  ].join('\n')

const linesOf = (command: CompletedCommand, when: string): string[] => {
  const below = command.commands.map(({ name }) => name).join(' ')
  return [
    ...command.options.map((option) => optionLine(when, option)),
    ...command.words.map((word) => wordLine(when, word, '')),
    ...command.commands.map(({ name, about }) =>
      wordLine(`${when}; and not __fish_seen_subcommand_from ${below}`, name, about),
    ),
    ...command.commands.flatMap((one) => linesOf(one, `${when}; and __fish_seen_subcommand_from ${one.name}`)),
  ]
}

const condition = (when: string) => (when === '' ? '' : ` -n '${when}'`)

const wordLine = (when: string, word: string, about: string): string =>
  `complete -c dfctl${condition(when)} -a ${word}${about === '' ? '' : ` -d '${quote(about)}'`}`

const optionLine = (when: string, { names, about, value }: CompletedOption): string => {
  const short = names.find((name) => /^-[^-]/.test(name))
  const long = names.find((name) => name.startsWith('--'))
  const flags = `${short ? ` -s ${short.slice(1)}` : ''}${long ? ` -l ${long.slice(2)}` : ''}`
  const follows = { none: '', any: ' -x', file: ' -r -F', folder: " -x -a '(__fish_complete_directories)'" }
  const taken = typeof value === 'string' ? follows[value] : ` -x -a '${value.join(' ')}'`
  return `complete -c dfctl${condition(when)}${flags}${taken} -d '${quote(about)}'`
}

const quote = (text: string) => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
