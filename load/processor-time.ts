// Processor time of groups of processes, from Linux's /proc. Elsewhere there is none to read, and the groups are empty.
import { existsSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'

/** Milliseconds of processor time, by group of processes. */
export type ProcessorTime = Record<string, number>

/** Linux counts processor time in hundredths of a second, on every architecture it reports to programs. */
const tick = 10

/** Processor time that each group has used so far; a group's processes count with their children, those ended included. */
export const processorTime = (groups: Record<string, readonly number[]>): ProcessorTime => {
  if (!existsSync('/proc/self/stat')) return {}
  return Object.fromEntries(
    Object.entries(groups).map(([name, pids]) => [name, pids.reduce((sum, pid) => sum + timeOf(pid), 0)]),
  )
}

/** Processor time of this process alone. */
export const ownTime = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** What was used between two readings. */
export const used = (before: ProcessorTime, after: ProcessorTime): ProcessorTime =>
  Object.fromEntries(Object.entries(after).map(([name, time]) => [name, time - (before[name] ?? 0)]))

/** Milliseconds that all processors together were busy since the machine started; null where it cannot be read. */
export const machineBusy = (): number | null => {
  if (!existsSync('/proc/stat')) return null
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    readFileSync('/proc/stat', 'utf8').split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) * tick
}

export const processors = availableParallelism()

const timeOf = (pid: number): number => {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === '') return 0
  // The second field is the command's name in parentheses and may hold anything: count from the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const own = fields.slice(11, 15).reduce((sum, field) => sum + Number(field) * tick, 0)
  const children = read(`/proc/${pid}/task/${pid}/children`)
    .split(' ')
    .filter((child) => child !== '')
  return children.reduce((sum, child) => sum + timeOf(Number(child)), own)
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it ended meanwhile
  }
}
