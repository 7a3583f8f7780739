// Files of the history: written whole or not at all, read line by line, packed with gzip when the name says so.
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { pipeline as pipe, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { DamagedSegment, linesOf, partsOf, type SegmentPart } from '@deliveryflow/kit/history/segment'
import { Failure, reasonOf } from '../failure.ts'

/**
 * Writes lines to a file that must not be there yet; `.gz` at its end packs it. It stands under its name only when all of it is on the
 * disk: whatever breaks off before leaves nothing. Throws a Failure that says why.
 */
export const writeWhole = async (path: string, lines: AsyncIterable<string>): Promise<void> => {
  await refuseExisting(path)
  const part = `${path}.part`
  try {
    const packing = path.endsWith('.gz') ? [createGzip()] : []
    await pipeline([Readable.from(lines), ...packing, createWriteStream(part, { flush: true })])
    await rename(part, path)
  } catch (error) {
    await rm(part, { force: true }).catch(() => undefined)
    if (error instanceof Failure) throw error
    throw new Failure('failed', `${path} could not be written`, {
      why: reasonOf(error),
      next: 'Nothing was left behind. Make room or choose another place, and run it again.',
      cause: error,
    })
  }
}

const refuseExisting = async (path: string) => {
  const file = await open(path, 'r').catch(() => null)
  await file?.close()
  if (file)
    throw new Failure('refused', `${path} is there already`, { next: 'Choose another name, or remove it first.' })
}

/** The parts of a file, packed or not. Throws a Failure for a file that is not there, is none, or is damaged: with the line. */
export async function* readParts(path: string): AsyncGenerator<SegmentPart> {
  const begun = { line: 0 }
  try {
    const packed = await isPacked(path)
    const bytes = createReadStream(path)
    // What goes wrong in either is thrown to whoever reads the last one.
    const text = packed ? pipe(bytes, createGunzip(), () => undefined) : bytes
    for await (const part of partsOf(linesOf(text.setEncoding('utf8'), begun))) yield part
  } catch (error) {
    if (error instanceof Failure) throw error
    const where = error instanceof DamagedSegment ? error.line : begun.line
    throw new Failure('failed', `${path} cannot be read${where > 0 ? ` beyond line ${where}` : ''}`, {
      why: reasonOf(error),
      next: where > 0 ? 'It is damaged or cut off: take another copy.' : 'Name a file that dfctl audit export wrote.',
      cause: error,
    })
  }
}

/** Whether it begins as gzip does. Source: RFC 1952, section 2.3.1. */
const isPacked = async (path: string): Promise<boolean> => {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
  } finally {
    await file.close()
  }
}
