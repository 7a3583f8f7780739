// What a line of a log says, whoever wrote it: our services and MongoDB in JSON, others in text of their own. Pure.

export const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const
export type Level = (typeof levels)[number]

/**
 * One line. `key` orders lines by time: an ISO time in UTC with nine digits, no zone; empty where a line has no time.
 * `raw`: as it was written. `pod` and `container`: who wrote it; in a local run both are the file.
 */
export type LogLine = {
  key: string
  service: string
  pod: string
  container: string
  level: Level
  message: string
  fields: Record<string, unknown>
  raw: string
}

/** "2026-11-21T13:38:35.07Z" as a key: fractions of any length, so that keys compare as their times do. */
export const keyOf = (stamp: string): string => {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(stamp)
  if (match) return `${match[1]}.${(match[2] ?? '').padEnd(9, '0')}`
  const at = new Date(stamp)
  return Number.isNaN(at.getTime()) ? '' : `${at.toISOString().slice(0, -1)}000000`
}

/** For sorting lines by their times; those of one time stay as they were. */
export const byKey = (a: LogLine, b: LogLine): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** Reads a line. `key` is what the cluster says of its time, empty where nobody but the line itself does. */
export const lineOf = (
  raw: string,
  { service, pod, container, key = '' }: { service: string; pod: string; container: string; key?: string },
): LogLine => {
  const read = jsonLine(raw) ?? textLine(raw)
  return {
    key: key || keyOf(read.time),
    service: read.service ?? service,
    pod,
    container,
    level: read.level,
    message: read.message,
    fields: read.fields,
    raw,
  }
}

type ReadLine = Pick<LogLine, 'level' | 'message' | 'fields'> & { time: string; service?: string }

const jsonLine = (raw: string): ReadLine | null => {
  if (!raw.startsWith('{')) return null
  let json: unknown
  try {
    json = JSON.parse(raw)
  } catch {
    return null
  }
  if (typeof json !== 'object' || json === null) return null
  return 't' in json && 's' in json ? mongoLine(json) : ourLine({ ...json })
}

const ourLine = ({
  time,
  ts,
  timestamp,
  level,
  service,
  msg,
  pid: _pid,
  hostname: _host,
  ...fields
}: Record<string, unknown>): ReadLine => ({
  time: isoOf(String(time ?? timestamp ?? ts ?? '')),
  level: levelOf(level),
  message: String(msg ?? ''),
  fields,
  ...(typeof service === 'string' ? { service } : {}),
})

const levelOf = (level: unknown): Level =>
  level === 'warning' ? 'warn' : (levels.find((known) => known === level) ?? 'info')

const mongoLevels: Record<string, Level> = { F: 'fatal', E: 'error', W: 'warn', I: 'info' }

/** MongoDB manual, "Log Messages": t, s (severity), c (component), msg, attr. */
const mongoLine = (json: object): ReadLine => {
  const { t, s, c, msg, attr } = json as Record<string, unknown>
  const time = typeof t === 'object' && t !== null && '$date' in t ? String(t.$date) : ''
  return {
    time,
    level: mongoLevels[String(s)] ?? 'debug',
    message: String(msg ?? ''),
    fields: { component: c, ...(typeof attr === 'object' ? attr : {}) },
  }
}

const natsLevels: Record<string, Level> = {
  FTL: 'fatal',
  ERR: 'error',
  WRN: 'warn',
  INF: 'info',
  DBG: 'debug',
  TRC: 'trace',
}
const redisLevels: Record<string, Level> = { '#': 'warn', '*': 'info', '-': 'debug', '.': 'trace' }

const postgresLevel = (word: string): Level => {
  if (word === 'PANIC' || word === 'FATAL') return 'fatal'
  if (word === 'ERROR') return 'error'
  if (word === 'WARNING') return 'warn'
  return word.startsWith('DEBUG') ? 'debug' : 'info'
}

/** `[1] 2026/11/21 13:38:27.498256 [INF] text`, the time left out in a container's log. */
const nats = /^(?:\[\d+\] )?(?:(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d\.\d+) )?\[(FTL|ERR|WRN|INF|DBG|TRC)\] (.*)$/
/** `2026-11-21 13:38:30.171 UTC [5589] LOG:  text`. */
const postgres =
  /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) UTC (?:\[\d+\] )?.*?(PANIC|FATAL|ERROR|WARNING|NOTICE|INFO|LOG|DEBUG\d?|STATEMENT|DETAIL|HINT|CONTEXT):\s+(.*)$/
/** `4684:M 21 Nov 2026 13:38:27.472 * text`. */
const redis = /^\d+:[A-Z] (\d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d(?:\.\d+)?) ([#*.-]) (.*)$/
/** `2026/11/21 14:08:19 INFO text`, as Go's `log` writes what is logged by `slog`. */
const golang = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?) (DEBUG|INFO|WARN|ERROR) (.*)$/

const textLine = (raw: string): ReadLine => {
  const of = (time: string, level: Level, message: string): ReadLine => ({ time, level, message, fields: {} })
  const byNats = nats.exec(raw)
  if (byNats) {
    const [, year, month, day, time, level = '', message = ''] = byNats
    return of(year ? `${year}-${month}-${day}T${time}Z` : '', natsLevels[level] ?? 'info', message)
  }
  const byPostgres = postgres.exec(raw)
  if (byPostgres) {
    const [, day, time, level = '', message = ''] = byPostgres
    return of(`${day}T${time}Z`, postgresLevel(level), message)
  }
  const byRedis = redis.exec(raw)
  if (byRedis) {
    const [, time, level = '', message = ''] = byRedis
    return of(isoOf(`${time} UTC`), redisLevels[level] ?? 'info', message)
  }
  const byGo = golang.exec(raw)
  if (byGo) {
    const [, year, month, day, time, level = '', message = ''] = byGo
    return of(`${year}-${month}-${day}T${time}Z`, levelOf(level.toLowerCase()), message)
  }
  return logfmtLine(raw) ?? of('', 'info', raw)
}

/** A key with its value, bare or as a Go or JSON string, of what `log/slog` and logfmt write. */
const pair = /([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|\S*)/g

const logfmtLine = (raw: string): ReadLine | null => {
  if (!/^(time|ts|level)=/.test(raw)) return null
  const { time, ts, level, msg, ...fields } = Object.fromEntries(
    [...raw.matchAll(pair)].map(([, name = '', value = '']) => [name, unquoted(value)]),
  )
  return { time: isoOf(time ?? ts ?? ''), level: levelOf(level?.toLowerCase()), message: msg ?? '', fields }
}

const unquoted = (value: string): string => {
  try {
    return value.startsWith('"') ? String(JSON.parse(value)) : value
  } catch {
    return value
  }
}

const isoOf = (text: string): string => {
  const at = new Date(text)
  return Number.isNaN(at.getTime()) ? '' : at.toISOString()
}
