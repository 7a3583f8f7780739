// Gives records of an export back to the index, a segment at a time: audit judges each before it enters anything.
import { importHistory } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit/errors'
import { lineOf, type SegmentHeader, type SegmentPart } from '@deliveryflow/kit/history/segment'
import type { Ask } from '../calls.ts'
import { Failure } from '../failure.ts'
import { readParts } from './file.ts'

/** `entered`: those that were not there. */
export type Imported = { records: number; entered: number; last: number | null }

/** Far below what a NATS message may hold, for a line may be long. */
const segmentBytes = 256 * 1024

/**
 * Imports the records of a file that was verified. It may be broken off and run again: what is there is left alone. Throws `refused` when
 * the index holds another history.
 */
export const importFile = async (ask: Ask, path: string, progress: (records: number) => void): Promise<Imported> => {
  const imported: Imported = { records: 0, entered: 0, last: null }
  for await (const { text, records, last } of segmentsOf(readParts(path))) {
    const answer = await ask(importHistory, { segment: text })
    if (answer instanceof Rejection)
      throw new Failure('refused', `The records up to ${last} were refused`, {
        why: answer.detail,
        next:
          imported.last === null
            ? 'Nothing was entered.'
            : `Those up to ${imported.last} were entered, each as it was sealed; they may stay.`,
      })
    imported.records += records
    imported.entered += answer.entered
    imported.last = last
    progress(imported.records)
  }
  return imported
}

type Segment = { text: string; records: number; last: number }

/** Cuts a file into segments, each a whole one. */
async function* segmentsOf(parts: AsyncIterable<SegmentPart>): AsyncGenerator<Segment> {
  let header: SegmentHeader | undefined
  let lines = ''
  let records = 0
  let last = { sequence: 0, link: new Uint8Array() as Uint8Array | null }
  const whole = (of: SegmentHeader): Segment => {
    const end = lineOf({ end: { records, last: last.sequence } })
    return { text: `${lineOf({ header: of })}${lines}${end}`, records, last: last.sequence }
  }
  for await (const part of parts) {
    if ('header' in part) header = part.header
    else if ('end' in part || !header) break
    // A checkpoint stays with the record that it signs.
    else if ('checkpoint' in part) lines += lineOf(part)
    else {
      if (lines.length > segmentBytes) {
        yield whole(header)
        if (last.link === null) return // Only sealed records are part of the history for good; there is none behind an unsealed one.
        header = { ...header, before: last.link }
        lines = ''
        records = 0
      }
      lines += lineOf(part)
      records++
      last = part.record
    }
  }
  if (header && records > 0) yield whole(header)
}
