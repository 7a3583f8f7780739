// Everything that can stand on dfctl's command line, read off its commands; the shells' files turn it into scripts.
import { services, streams } from '@deliveryflow/contracts'
import type { Command, Option } from 'commander'

/** What may follow an option: nothing, one of these words, a file, or something that nobody can guess. */
export type Value = 'none' | 'file' | 'folder' | 'any' | readonly string[]

export type CompletedOption = { names: string[]; about: string; value: Value; repeatable: boolean }

/** A command; `words` are what its arguments may be. */
export type CompletedCommand = {
  name: string
  about: string
  options: CompletedOption[]
  words: readonly string[]
  commands: CompletedCommand[]
}

const serviceNames = services.map(({ name }) => name)

/** What arguments of these names may be. */
const known: Record<string, readonly string[]> = {
  service: serviceNames,
  stream: streams.map(({ name }) => name),
  subject: services.flatMap(({ answers }) => answers.map(({ subject }) => subject.replace(/^rpc\./, ''))),
}

/** Reads the tree below a command, whose subcommands must be configured. */
export const wordsOf = (command: Command): CompletedCommand => ({
  name: command.name(),
  about: command.summary() || command.description(),
  options: command.options.filter(({ hidden }) => !hidden).map(optionOf),
  words: argumentWords(command),
  commands: command.commands.map(wordsOf),
})

const optionOf = (option: Option): CompletedOption => ({
  names: [option.short, option.long].filter((name) => name !== undefined),
  about: option.description,
  value: valueAfter(option),
  repeatable: option.variadic,
})

/** An option whose value may be left out is completed as one without: the next word is as likely something else. */
const valueAfter = ({ flags, required, argChoices }: Option): Value => {
  if (!required) return 'none'
  if (argChoices) return argChoices
  const [, placeholder = ''] = /<([^>]+)>/.exec(flags) ?? []
  if (known[placeholder]) return known[placeholder]
  if (/file|path/.test(placeholder)) return 'file'
  return /folder|dir/.test(placeholder) ? 'folder' : 'any'
}

/** An argument's choices, the words that its name stands for, or the list that its description is. */
const argumentWords = (command: Command): readonly string[] =>
  command.registeredArguments.flatMap((argument) => {
    if (argument.argChoices) return argument.argChoices
    const [word = ''] = /^[a-z]+/.exec(argument.name().toLowerCase()) ?? []
    const named = known[word.replace(/s$/, '')]
    return named ?? (/^[\w-]+(, [\w-]+)+$/.test(argument.description) ? argument.description.split(', ') : [])
  })
