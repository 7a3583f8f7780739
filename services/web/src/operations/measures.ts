// Durations, sizes, rates and moments as a language writes them, all by Intl (ECMA-402). An operator needs the seconds.
import type { Language } from '../text/format.ts'

export type Measures = {
  /** Milliseconds, in the two largest units that say something: 0.4 ms, 1.2 sec, 3 min 5 sec. */
  duration(ms: number): string
  /** The largest unit alone: for what goes on while one looks at it. */
  roughly(ms: number): string
  /** Bytes, in the decimal unit that fits. */
  bytes(count: number): string
  count(value: number): string
  /** A part of one, as a percentage. */
  share(part: number): string
  /** So many a second, with a fraction where there are few. */
  rate(perSecond: number): string
  /** Day and time to the second. */
  moment(iso: string): string
  /** The time of day to the millisecond, as events need it. */
  instant(iso: string): string
}

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Each unit with the one below it. */
const spans = [
  { from: day, unit: 'day', below: 'hour', size: hour },
  { from: hour, unit: 'hour', below: 'minute', size: minute },
  { from: minute, unit: 'minute', below: 'second', size: second },
] as const

const sizes = [
  { from: 1e9, unit: 'gigabyte' },
  { from: 1e6, unit: 'megabyte' },
  { from: 1e3, unit: 'kilobyte' },
  { from: 1, unit: 'byte' },
] as const

export const measuresOf = (language: Language): Measures => {
  const written = new Map<string, Intl.NumberFormat>()
  const inUnit = (value: number, unit: string, digits = 0) => {
    const key = `${unit} ${digits}`
    const format =
      written.get(key) ??
      new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits })
    written.set(key, format)
    return format.format(value)
  }
  const plain = new Intl.NumberFormat(language)
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' })
  const instant = new Intl.DateTimeFormat(language, {
    ...{ hour: '2-digit', minute: '2-digit', second: '2-digit' },
    ...{ fractionalSecondDigits: 3, hourCycle: 'h23' },
  })

  const short = (ms: number) => {
    if (ms < 10) return inUnit(ms, 'millisecond', 1)
    // Rounded up to a second, it is one.
    if (ms < second - 0.5) return inUnit(ms, 'millisecond')
    return inUnit(ms / second, 'second', ms < 10 * second ? 1 : 0)
  }
  const duration = (ms: number): string => {
    if (ms < 0) return `−${duration(-ms)}`
    const span = spans.find(({ from }) => Math.round(ms / second) * second >= from)
    if (!span) return short(ms)
    const pieces = Math.round(ms / span.size)
    const whole = Math.floor((pieces * span.size) / span.from)
    const rest = pieces - (whole * span.from) / span.size
    return [inUnit(whole, span.unit), ...(rest > 0 ? [inUnit(rest, span.below)] : [])].join(' ')
  }
  return {
    duration,
    roughly: (ms) => {
      const span = spans.find(({ from }) => ms >= from)
      return span
        ? inUnit(Math.floor(ms / span.from), span.unit)
        : inUnit(Math.max(0, Math.floor(ms / second)), 'second')
    },
    bytes: (count) => {
      const { from, unit } = sizes.find((size) => count >= size.from) ?? { from: 1, unit: 'byte' }
      return inUnit(count / from, unit, unit === 'byte' ? 0 : 1)
    },
    count: (value) => plain.format(value),
    share: (part) =>
      part.toLocaleString(language, { style: 'percent', maximumFractionDigits: part > 0 && part < 0.1 ? 1 : 0 }),
    rate: (perSecond) => perSecond.toLocaleString(language, { maximumFractionDigits: perSecond < 10 ? 1 : 0 }),
    moment: (iso) => moment.format(new Date(iso)),
    instant: (iso) => instant.format(new Date(iso)),
  }
}
