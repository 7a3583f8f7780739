// Prints a command's answer on stdout in the asked form: a table for people, stable JSON or YAML for programs.
import Table from 'cli-table3'
import { stringify } from 'yaml'
import type { Format } from './options.ts'
import { color } from './terminal.ts'

/** A column of a table; `wide` ones are shown with `-o wide` alone. */
export type Column<Row> = { title: string; value(row: Row): string; wide?: boolean }

/** What an answer looks like: `data` is what JSON and YAML print, `name` what `-o name` prints for a row. */
export type Answer<Row> = {
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  name(row: Row): string
  /** What JSON and YAML print, when it is not just the rows. */
  data?: unknown
  /** What people read where there is no row. */
  empty?: string
}

/** Prints rows in the asked form. */
export const print = <Row>(format: Format, { rows, columns, name, data, empty = 'Nothing.' }: Answer<Row>): void => {
  if (format === 'json' || format === 'yaml') printData(format, data ?? rows)
  else if (format === 'ndjson') write(rows.map((row) => JSON.stringify(row)).join('\n'))
  else if (format === 'name') write(rows.map(name).join('\n'))
  else if (rows.length === 0) write(empty)
  else
    write(
      table(
        rows,
        columns.filter(({ wide }) => format === 'wide' || !wide),
      ),
    )
}

/** Prints one thing: as data, or as the text that `people` makes of it. */
export const printOne = <T>(format: Format, thing: T, people: (thing: T) => string): void => {
  if (format === 'json' || format === 'yaml') printData(format, thing)
  else if (format === 'ndjson') write(JSON.stringify(thing))
  else write(people(thing))
}

/** A table without lines, as kubectl's. */
export const table = <Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string => {
  const none = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '', left: '', right: '', middle: '   ' }
  const lines = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '', bottom: '', 'bottom-mid': '' }
  const made = new Table({
    head: columns.map(({ title }) => color.bold(title.toUpperCase())),
    chars: { ...none, ...lines, 'bottom-left': '', 'bottom-right': '' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  })
  for (const row of rows) made.push(columns.map(({ value }) => value(row)))
  return made
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

const printData = (format: 'json' | 'yaml', data: unknown) =>
  write(format === 'json' ? JSON.stringify(data, null, 2) : stringify(data).trimEnd())

const write = (text: string) => void process.stdout.write(text === '' ? '' : `${text}\n`)
