// One event as a line for people, or as a document for programs: what follows on it need not be known yet.
import { stringify } from 'yaml'
import type { Format } from '../options.ts'
import { color } from '../terminal.ts'
import { stamp } from '../time.ts'
import { pairs } from '../values.ts'
import { eventDetail } from './detail.ts'
import type { Tailed } from './tail.ts'

/** The titles over the lines. */
export const headLine = (): string => color.bold(line('TIME', 'SEQUENCE', 'TYPE', 'AGGREGATE', 'DATA'))

/** The event in the asked form; JSON on one line. */
export const eventText = (event: Tailed, output: Format): string => {
  switch (output) {
    case 'json':
    case 'ndjson':
      return JSON.stringify(event)
    case 'yaml':
      return `---\n${stringify(event).trimEnd()}`
    case 'name':
      return event.id
    case 'wide':
      return `${eventLine(event)} ${color.dim(pairs({ id: event.id, source: event.source, caused_by: event.causation_id }, 500))}`
    case 'table':
      return eventLine(event)
    default:
      return output satisfies never
  }
}

const eventLine = ({ time, sequence, type, aggregate, data }: Tailed) =>
  line(color.dim(stamp(time)), String(sequence), color.cyan(type), aggregate, pairs(eventDetail(type, data), 100))

/** Columns of fixed width, for nobody knows the lines that are still to come. */
const line = (time: string, sequence: string, type: string, aggregate: string, data: string) =>
  [pad(time, 23), pad(sequence, -8), pad(type, 24), pad(aggregate, 36), data].join('  ').trimEnd()

/** Pads to a width, at the left where it is negative; colours take no room. */
const pad = (text: string, width: number) => {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what begins a colour.
  const room = ' '.repeat(Math.max(0, Math.abs(width) - text.replace(/\x1b\[\d+m/g, '').length))
  return width < 0 ? room + text : text + room
}
