// Which event caused which: the events and commands of one order as a tree for the terminal. Pure.
import { color } from '../terminal.ts'
import { span, stamp } from '../time.ts'

/** An event, or a command between two events. `sequence`: its place in the history; a command has none. */
export type Cause = {
  id: string | null
  causation_id: string | null
  name: string
  service: string
  at: Date
  sequence: number | null
}

/** The tree, a line each; beside each what it took since its cause. What has no cause among them is a root, in order of time. */
export const graphText = (causes: readonly Cause[]): string => {
  const byTime = causes.toSorted((a, b) => a.at.getTime() - b.at.getTime() || (a.sequence ?? 0) - (b.sequence ?? 0))
  const known = new Map(byTime.flatMap((cause) => (cause.id === null ? [] : [[cause.id, cause] as const])))
  const causeOf = ({ id, causation_id }: Cause) =>
    causation_id === null || causation_id === id ? undefined : known.get(causation_id)
  const effects = Map.groupBy(byTime, causeOf)
  // Two that name each other as their cause hang on no root; each is told once all the same.
  const told = new Set<Cause>()

  const branch = (cause: Cause, stem: string, fork: string): string[] => {
    told.add(cause)
    const after = causeOf(cause)
    const below = (effects.get(cause) ?? []).filter((effect) => !told.has(effect))
    const trunk = stem + (fork === '├─ ' ? '│  ' : fork === '' ? '' : '   ')
    return [
      `${color.dim(stem + fork)}${lineOf(cause, after)}`,
      ...below.flatMap((effect, n) => branch(effect, trunk, n === below.length - 1 ? '└─ ' : '├─ ')),
    ]
  }
  const roots = [...(effects.get(undefined) ?? []), ...byTime]
  return roots.flatMap((cause) => (told.has(cause) ? [] : branch(cause, '', ''))).join('\n')
}

const lineOf = ({ name, service, at, sequence }: Cause, after: Cause | undefined): string => {
  const took = after ? `+${span(at.getTime() - after.at.getTime())}` : stamp(at)
  const title = sequence === null ? color.magenta(`command ${name}`) : color.cyan(name)
  return [title, color.dim(service), took, sequence === null ? '' : color.dim(`#${sequence}`)]
    .filter(Boolean)
    .join('  ')
}
