// What people see of checks: a heading for each group, a line for each check, and what to do below those that need it.
import { color } from '../terminal.ts'
import { type Finding, groups, type Health, type Result } from './check.ts'

const marks: Record<Finding['state'], () => string> = {
  ok: () => color.green('✔'),
  warning: () => color.yellow('‼'),
  failure: () => color.red('✘'),
  skipped: () => color.dim('·'),
}

/** The whole answer as text; `wide` shows the ids too. */
export const renderHealth = ({ checks }: Health, wide: boolean): string => {
  const sections = [...Map.groupBy(checks, ({ group }) => group)].map(([group, inside]) => {
    const shown = wide ? inside : folded(inside)
    const width = Math.max(...shown.map(({ title }) => title.length))
    const lines = shown.flatMap((result) => linesOf(result, width, wide))
    return [color.bold(groups[group]), ...lines].join('\n')
  })
  return [...sections, summary(checks)].join('\n\n')
}

/** Several that found the same become one line: what is wrong must not drown in how often. */
const folded = (results: readonly Result[]): Result[] => {
  const keyOf = ({ id, state, reason }: Result) => (state === 'ok' ? id : `${state} ${reason}`)
  return [...Map.groupBy(results, keyOf).values()].flatMap((same) => {
    const [first] = same
    if (first === undefined || same.length < 3) return same
    const titles = same.map(({ title }) => title).join(', ')
    const reason = first.state === 'skipped' ? first.reason : `${first.reason}: ${titles}`
    return [{ ...first, title: `${same.length} alike`, reason }]
  })
}

const linesOf = ({ id, title, state, reason, next }: Result, width: number, wide: boolean): string[] => {
  const calm = state === 'ok' || state === 'skipped'
  const said = reason === null ? '' : calm ? color.dim(reason) : reason
  const line = `${marks[state]()} ${title.padEnd(width)}  ${said}${wide ? color.dim(` [${id}]`) : ''}`.trimEnd()
  return !calm && next !== null ? [line, `  ${color.dim('do:')} ${next}`] : [line]
}

/** "58 checks: 55 ok, 2 warnings, 1 failure". */
export const summary = (checks: readonly Result[]): string => {
  const count = (state: Finding['state']) => checks.filter((check) => check.state === state).length
  const parts = [
    `${count('ok')} ok`,
    plural(count('warning'), 'warning'),
    plural(count('failure'), 'failure'),
    count('skipped') > 0 ? `${count('skipped')} not checked` : '',
  ]
  return `${plural(checks.length, 'check')}: ${parts.filter((part) => !/^(0 |$)/.test(part)).join(', ')}`
}

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
