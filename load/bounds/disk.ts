// How often the disk can be made to keep what was written: the bound of everything that must survive a power cut.
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { quantilesOf } from '../quantiles.ts'

/** Appends 4 KB and waits for the disk, again and again, in `folder`. Per second, and milliseconds of each. */
export const measureDisk = (folder: string, seconds: number) => {
  const path = join(folder, `fsync-${process.pid}`)
  const file = openSync(path, 'w')
  const block = Buffer.alloc(4096, 'x')
  const times: number[] = []
  try {
    const started = performance.now()
    for (let now = started; now < started + seconds * 1000; ) {
      writeSync(file, block)
      fdatasyncSync(file)
      times.push(performance.now() - now)
      now += times.at(-1) ?? 0
    }
  } finally {
    closeSync(file)
    rmSync(path)
  }
  return { per_second: Math.round(times.length / seconds), ms: quantilesOf(times) }
}
