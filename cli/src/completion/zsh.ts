// The completion script for zsh.
import type { CompletedCommand, CompletedOption } from './words.ts'

/** A script for a file \`_dfctl\` in fpath, or for eval after compinit. */
export const zshScript = (program: CompletedCommand): string => `#compdef dfctl kubectl-df
# zsh completion for dfctl: eval "$(dfctl completion zsh)", or into a file _dfctl of your fpath
${program.commands.map((command) => functionOf(['dfctl', command.name], command, program.options)).join('\n')}
${functionOf(['dfctl'], program, [])}
if [ "$funcstack[1]" = _dfctl ]; then _dfctl "$@"; else compdef _dfctl dfctl kubectl-df; fi
`

const functionOf = (path: string[], command: CompletedCommand, global: readonly CompletedOption[]): string => {
  const specs = [...command.options, ...global].flatMap(specsOf)
  const name = `_${path.join('_').replaceAll('-', '_')}`
  if (command.commands.length === 0) {
    const words = command.words.length > 0 ? `'*:argument:(${command.words.join(' ')})'` : "'*:argument:_files'"
    return `${name}() {\n  _arguments -s \\\n${lines([...specs, words])}\n}`
  }
  const list = command.commands.map((below) => `'${quote(`${below.name}:${below.about}`)}'`)
  const below = command.commands.map((one) => functionOf([...path, one.name], one, global))
  const dispatch = command.commands.map(
    (one) => `    ${one.name}) _${[...path, one.name].join('_').replaceAll('-', '_')} ;;`,
  )
  return `${path.length > 1 ? `${below.join('\n')}\n` : ''}${name}() {
  local context state line
  _arguments -s -C \\
${lines([...specs, "'1: :->command'", "'*:: :->rest'"])}
  case "$state" in
  command) local -a commands; commands=(${list.join(' ')}); _describe command commands ;;
  rest) case "$line[1]" in
${dispatch.join('\n')}
    esac ;;
  esac
}`
}

const lines = (specs: readonly string[]) => specs.map((spec) => `    ${spec}`).join(' \\\n')

const specsOf = ({ names, about, value, repeatable }: CompletedOption): string[] => {
  const action = { none: '', any: ':value: ', file: ':file:_files', folder: ':folder:_files -/' }
  const follows = typeof value === 'string' ? action[value] : `:value:(${value.join(' ')})`
  const others = names.length > 1 && !repeatable ? `(${names.join(' ')})` : ''
  return names.map((name) => `'${others}${repeatable ? '*' : ''}${name}[${quote(about)}]${follows}'`)
}

/** Within single quotes and the brackets of a spec. */
const quote = (text: string) => text.replaceAll("'", "'\\''").replace(/[[\]]/g, '\\$&')
