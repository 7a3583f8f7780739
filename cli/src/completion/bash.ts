// The completion script for bash, 3.2 and newer.
import type { CompletedCommand, CompletedOption } from './words.ts'

/** A script that completes dfctl, and kubectl-df where it is called by that name. */
export const bashScript = (program: CompletedCommand): string => {
  const global = program.options
  const commands = program.commands.flatMap((command) => [
    command,
    ...command.commands.map((below) => nested(command, below)),
  ])
  return `# bash completion for dfctl: eval "$(dfctl completion bash)"
_dfctl() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command='' words='' i=1 word
  while [ "$i" -lt "$COMP_CWORD" ]; do
    word=\${COMP_WORDS[i]}
    case "$word" in
      ${patterns(global.filter(takesValue))}) i=$((i+1)) ;;
      -*) ;;
      *)
        if [ -z "$command" ]; then command=$word
        else case "$command $word" in
${commands
  .filter(({ name }) => name.includes(' '))
  .map(({ name }) => `          '${name}') command='${name}' ;;`)
  .join('\n')}
        esac; fi ;;
    esac
    i=$((i+1))
  done
  case "$command:$previous" in
${values('', global)}
${commands
  .map(({ name, options }) => values(name, options))
  .filter(Boolean)
  .join('\n')}
  esac
  case "$command" in
    '') words='${program.commands.map(({ name }) => name).join(' ')}' ;;
${commands.map(caseOf).join('\n')}
  esac
  case "$current" in
    -*) words="$words ${names(global)}" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _dfctl dfctl kubectl-df
`
}

const nested = (parent: CompletedCommand, below: CompletedCommand): CompletedCommand => ({
  ...below,
  name: `${parent.name} ${below.name}`,
})

const takesValue = ({ value }: CompletedOption) => value !== 'none'

const names = (options: readonly CompletedOption[]) => options.flatMap((option) => option.names).join(' ')

const patterns = (options: readonly CompletedOption[]) => options.flatMap((option) => option.names).join('|')

const caseOf = ({ name, options, words, commands }: CompletedCommand): string => {
  const plain = [...commands.map((below) => below.name), ...words].join(' ')
  return `    '${name}') case "$current" in -*) words='${names(options)}' ;; *) words='${plain}' ;; esac ;;`
}

/** After an option with a value the value is completed, and nothing else. Global options have them after any command. */
const values = (command: string, options: readonly CompletedOption[]): string =>
  options
    .filter(takesValue)
    .map(({ names: own, value }) => {
      const pattern = own.map((name) => `${command === '' ? '*' : `'${command}'`}:${name}`).join('|')
      if (value === 'file' || value === 'folder')
        return `    ${pattern}) COMPREPLY=($(compgen ${value === 'file' ? '-f' : '-d'} -- "$current")); return ;;`
      const words = typeof value === 'string' ? '' : value.join(' ')
      return `    ${pattern}) COMPREPLY=($(compgen -W '${words}' -- "$current")); return ;;`
    })
    .join('\n')
