// The logs of a local run: files in the logs folder of its data, which stay when the run has ended.
import { open, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import { Failure } from '../failure.ts'
import { byKey, type LogLine, lineOf } from './line.ts'

const pause = 300

/** Names by which a file's lines go, where the lines do not say it: `nats-1.log` is of nats. */
const serviceOf = (file: string): string => {
  const name = file.replace(/\.log$/, '')
  return name === 'mongo' ? 'mongodb' : name.replace(/^nats-\d+$/, 'nats')
}

/** The log files of a run. Throws `not_found` when there is no such folder. */
export const logFiles = async (folder: string): Promise<string[]> => {
  const logs = join(folder, 'logs')
  try {
    return (await readdir(logs)).filter((name) => name.endsWith('.log')).sort()
  } catch (error) {
    throw new Failure('not_found', `There are no logs in ${logs}`, {
      next: 'Start a local run with npm start, or leave out --local.',
      cause: error,
    })
  }
}

/** Turns text into lines, over pieces: a line ends with its line feed. Lines without a time have that of the line before. */
const lineReader = (file: string) => {
  const name = file.replace(/\.log$/, '')
  const about = { service: serviceOf(file), pod: name, container: name }
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let key = ''
  return (bytes: Buffer): LogLine[] => {
    const parts = (rest + decoder.write(bytes)).split('\n')
    rest = parts.pop() ?? ''
    return parts
      .filter((part) => part !== '')
      .map((part) => {
        const line = lineOf(part, about)
        if (line.key === '') return { ...line, key }
        key = line.key
        return line
      })
  }
}

/** A log that is read on from where it was read last: the first call gives all of it. Each call's lines are in order of time. */
export type GrowingLog = { next(): Promise<LogLine[]> }

/** Opens one of the files that `logFiles` names. */
export const openLog = (folder: string, file: string): GrowingLog => {
  const path = join(folder, 'logs', file)
  let read = lineReader(file)
  let at = 0
  return {
    next: async () => {
      const { size } = await stat(path)
      if (size < at) {
        at = 0 // Begun anew.
        read = lineReader(file)
      }
      if (size === at) return []
      const handle = await open(path)
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(size - at), 0, size - at, at)
        at += bytesRead
        // Services of one process share a file, and each writes when it can.
        return read(buffer.subarray(0, bytesRead)).sort(byKey)
      } finally {
        await handle.close()
      }
    },
  }
}

/** Passes on what is added to the logs, and files that are new, until `stop`. */
export const followFiles = async (
  folder: string,
  logs: Map<string, GrowingLog>,
  stop: AbortSignal,
  push: (line: LogLine) => void,
): Promise<void> => {
  while (!stop.aborted) {
    for (const file of await logFiles(folder)) {
      const log = logs.get(file) ?? openLog(folder, file)
      logs.set(file, log)
      for (const line of await log.next()) push(line)
    }
    await sleep(pause, undefined, { signal: stop }).catch(() => undefined)
  }
}
