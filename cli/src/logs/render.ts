// A line of a log as people read it: time, service in its colour, level, message, and the fields that came with it.
import { color } from '../terminal.ts'
import { pairs } from '../values.ts'
import type { Level, LogLine } from './line.ts'

const palette = [
  color.cyan,
  color.green,
  color.magenta,
  color.blue,
  color.yellow,
  color.cyanBright,
  color.greenBright,
  color.magentaBright,
  color.blueBright,
  color.yellowBright,
]

/** Always the same colour for a name. */
const tint = (name: string): ((text: string) => string) => {
  let hash = 0
  for (const letter of name) hash = (hash * 31 + letter.charCodeAt(0)) >>> 0
  return palette[hash % palette.length] ?? color.cyan
}

const levelTint: Record<Level, (text: string) => string> = {
  trace: color.dim,
  debug: color.dim,
  info: (text) => text,
  warn: color.yellow,
  error: color.red,
  fatal: color.red,
}

/** The line, with the stack of an error below it and the ids of traces where `wide` asks for them. */
export const lineText = ({ key, service, pod, level, message, fields }: LogLine, wide: boolean): string => {
  const { err, trace_id, span_id, ...rest } = fields
  const time = (wide ? key.slice(0, 23) : key.slice(11, 23)).padEnd(wide ? 23 : 12)
  const error = errorOf(err)
  const extra = {
    ...rest,
    ...(error.text === null ? {} : { err: error.text }),
    ...(wide ? { trace_id, span_id, pod } : {}),
  }
  const line = [
    color.dim(time),
    tint(service)(service.padEnd(20)),
    levelTint[level](level.toUpperCase().padEnd(5)),
    level === 'error' || level === 'fatal' ? color.bold(oneLine(message)) : oneLine(message),
    color.dim(pairs(extra, Number.POSITIVE_INFINITY)),
  ]
    .join(' ')
    .trimEnd()
  return wide && error.stack !== null ? `${line}\n${color.dim(error.stack.replace(/^/gm, '    '))}` : line
}

const oneLine = (text: string) => text.trim().replace(/\s*\n\s*/g, ' ')

const errorOf = (err: unknown): { text: string | null; stack: string | null } => {
  if (err === undefined || err === null) return { text: null, stack: null }
  if (typeof err !== 'object') return { text: String(err), stack: null }
  const { type, message, stack } = err as Record<string, unknown>
  if (message === undefined) return { text: JSON.stringify(err), stack: null }
  return { text: [type, message].filter(Boolean).join(': '), stack: typeof stack === 'string' ? stack : null }
}

/** The line as JSON on one line: as it was written where that is JSON, else what is known of it. */
export const lineJson = ({ key, service, pod, level, message, raw }: LogLine): string => {
  if (raw.startsWith('{')) {
    try {
      JSON.parse(raw)
      return raw
    } catch {
      // It only looks like JSON.
    }
  }
  return JSON.stringify({ time: key === '' ? null : `${key.slice(0, 23)}Z`, level, service, pod, msg: message })
}
