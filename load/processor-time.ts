// Processor time of processes and flushes of the disk, from Linux's /proc. Where there is none, nothing is known.
import { existsSync, readFileSync } from 'node:fs'

/** Linux reports processor time to programs in hundredths of a second. */
const tick = 10

export const canReadProcessorTime = existsSync('/proc/self/stat')

/** Milliseconds of processor time that these processes have used, with their children, those that ended included. */
export const processorTimeOf = (pids: readonly number[]): number => pids.reduce((sum, pid) => sum + timeOf(pid), 0)

/** Milliseconds of processor time of this process alone. */
export const ownProcessorTime = (): number => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

/** Milliseconds that all processors together were busy since the machine started; null where it cannot be read. */
export const machineBusy = (): number | null => {
  if (!canReadProcessorTime) return null
  const [, user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = (
    read('/proc/stat').split('\n')[0] ?? ''
  )
    .split(/\s+/)
    .map(Number)
  return (user + nice + system + irq + softirq + steal) * tick
}

/** How often the disks were flushed since the machine started; null where it cannot be read. */
export const diskFlushes = (): number | null => {
  const lines = read('/proc/diskstats').trim().split('\n')
  // The 16th figure behind the name (Linux 5.5 and newer); partitions and devices in memory have none.
  const counts = lines.map((line) => Number(line.trim().split(/\s+/)[18]))
  return lines[0] === '' || counts.some(Number.isNaN) ? null : counts.reduce((sum, count) => sum + count, 0)
}

const timeOf = (pid: number): number => {
  const stat = read(`/proc/${pid}/stat`)
  if (stat === '') return 0
  // The second field is the command's name in parentheses and may hold anything: count from the last parenthesis.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const withEndedChildren = fields.slice(11, 15).reduce((sum, field) => sum + Number(field) * tick, 0)
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + timeOf(Number(child)), withEndedChildren)
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it ended meanwhile
  }
}
