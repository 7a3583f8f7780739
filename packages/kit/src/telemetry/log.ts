// Logs: JSON lines on standard output with service and trace; secrets never get in.
import { type Logger, pino } from 'pino'
import { currentTraceIds } from './tracing.ts'

export type Log = Logger

/** A logger for one service. Under the names of secrets values are replaced, whatever was logged. */
export const createLog = (service: string, level: string): Log =>
  pino({
    level,
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    mixin: currentTraceIds,
    redact: {
      paths: [
        'password',
        'token',
        'refresh_token',
        'access_token',
        'authorization',
        '*.password',
        '*.token',
        '*.refresh_token',
        '*.access_token',
        '*.authorization',
      ],
      censor: '[secret]',
    },
  })
