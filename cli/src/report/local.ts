// What a report of a local run adds: the ends of its log files.
import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Part } from './parts.ts'

const longest = 4 * 2 ** 20

/** One part for each log in the folder's `logs`. `since`: lines with an earlier time are left out; those without one stay. */
export const localParts = async (folder: string, since: Date): Promise<Part[]> => {
  const logs = join(folder, 'logs')
  const files = (await readdir(logs).catch(() => [])).filter((file) => file.endsWith('.log'))
  return files.map((file) => ({ path: `logs/${file}`, read: () => readEnd(join(logs, file), since) }))
}

const readEnd = async (path: string, since: Date): Promise<string> => {
  const file = await open(path)
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - longest)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(size, longest)), 0, undefined, from)
    const lines = buffer.toString('utf8', 0, bytesRead).split('\n')
    // The first line is most likely half of one.
    return (from > 0 ? lines.slice(1) : lines).filter((line) => !isBefore(line, since)).join('\n')
  } finally {
    await file.close()
  }
}

const isBefore = (line: string, since: Date): boolean => {
  const [, time] = /^\{"level":"\w+","time":"([^"]+)"/.exec(line) ?? []
  return time !== undefined && new Date(time) < since
}
