// What the system knows about running processes, on Linux from /proc (a slim image has no ps) and elsewhere from ps.
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

const linux = process.platform === 'linux'

/** A name for this very process that no later process with the same pid shares; undefined when none runs (or a zombie). */
export function identityOf(pid: number): string | undefined {
  if (!linux) return ps(['-o', 'lstart=', '-p', String(pid)])[0]
  const stat = statOf(pid)
  if (stat === undefined || stat.state === 'Z') return undefined
  return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${stat.started}`
}

/** The command line of a process; undefined when none runs. */
export function commandOf(pid: number): string | undefined {
  if (!linux) return ps(['-o', 'command=', '-p', String(pid)])[0]
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
  } catch {
    return undefined
  }
}

/** The pids whose parent is `pid`. */
export function childrenOf(pid: number): number[] {
  if (linux) {
    const all = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return all.map(Number).filter((child) => statOf(child)?.parent === pid)
  }
  const rows = ps(['-A', '-o', 'pid=,ppid=']).map((line) => line.trim().split(/\s+/).map(Number))
  return rows.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []))
}

function statOf(pid: number): { state: string; parent: number; started: string } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The second field is the command's name in parentheses and may hold anything: count from the last parenthesis.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return { state: fields[0] ?? '', parent: Number(fields[1]), started: fields[19] ?? '' }
  } catch {
    return undefined
  }
}

function ps(args: string[]): string[] {
  try {
    return execFileSync('ps', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } })
      .split('\n')
      .filter((line) => line.trim() !== '')
  } catch {
    return []
  }
}
