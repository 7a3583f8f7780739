// Times as people give and read them.
import { Failure } from './failure.ts'
import { duration } from './options.ts'

/** "10m" is ten minutes ago; a date and time is itself. Throws a usage Failure for anything else. */
export const moment = (text: string, now = Date.now()): Date => {
  if (/^\d+(\.\d+)?(ms|s|m|h)?$/.test(text)) return new Date(now - duration(text))
  const days = /^(\d+)d$/.exec(text)
  if (days) return new Date(now - Number(days[1]) * 86_400_000)
  const date = new Date(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(date.getTime())) return date
  throw new Failure('usage', `"${text}" is no moment`, {
    next: 'Write how long ago, like 10m, 2h or 3d, or a time like 2026-11-21T13:39:53Z.',
  })
}

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1000],
] as const

/** "32 ms", "1.4 s", "3 min 5 s", "2 d 4 h": two units at most. */
export const span = (ms: number): string => {
  const whole = Math.round(Math.abs(ms))
  if (whole < 1000) return `${whole} ms`
  if (whole < 10_000) return `${(whole / 1000).toFixed(1)} s`
  const first = units.findIndex(([, size]) => whole >= size)
  const parts = units.slice(first, first + 2).map(([name, size], index) => {
    const rest = index === 0 ? whole : whole % (units[first]?.[1] ?? whole)
    return [Math.floor(rest / size), name] as const
  })
  return parts
    .filter(([count], index) => index === 0 || count > 0)
    .map(([count, name]) => `${count} ${name}`)
    .join(' ')
}

/** "2026-11-21 13:39:53.222", in UTC. */
export const stamp = (at: Date | string): string => new Date(at).toISOString().slice(0, 23).replace('T', ' ')

/** "13:39:53.222", in UTC as all data are. */
export const clock = (at: Date | string): string => new Date(at).toISOString().slice(11, 23)
