// A table that becomes a list of cards on a phone: each cell then says by itself what it is.
import { ChevronRight } from 'lucide-react'
import { Fragment, type ReactNode, useId, useState } from 'react'
import style from './table.module.css'

/** `end`: numbers, which stand under each other at their last digit. `long`: words, which on a phone have a line of their own. */
export type Column<Row> = { title: string; value(row: Row): ReactNode; end?: boolean; long?: boolean }

type Rows<Row> = {
  columns: readonly [Column<Row>, ...Column<Row>[]]
  /** What a row says when it is opened; null for one that cannot be. */
  detail?(row: Row): (() => ReactNode) | null
}

/** The first column names the row. `idOf`: an id for links to a row. */
export const Table = <Row,>({
  label,
  rows,
  keyOf,
  idOf,
  ...shape
}: Rows<Row> & {
  label: string
  rows: readonly Row[]
  keyOf(row: Row): string | number
  idOf?(row: Row): string
}) => (
  <table className={style.table} aria-label={label}>
    <thead>
      <tr>
        {shape.columns.map(({ title, end }) => (
          <th key={title} scope="col" data-end={end}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
    <tbody>
      {rows.map((row) => (
        <TableRow key={keyOf(row)} row={row} id={idOf?.(row)} {...shape} />
      ))}
    </tbody>
  </table>
)

const TableRow = <Row,>({
  row,
  id,
  columns: [head, ...rest],
  detail,
}: Rows<Row> & { row: Row; id: string | undefined }) => {
  const [open, setOpen] = useState(false)
  const inside = useId()
  const content = detail?.(row)
  const name = head.value(row)
  return (
    <Fragment>
      <tr id={id}>
        <th scope="row">
          {content ? (
            <button
              type="button"
              className={style.opener}
              aria-expanded={open}
              aria-controls={open ? inside : undefined}
              onClick={() => setOpen(!open)}
            >
              <ChevronRight size={16} aria-hidden="true" />
              <span>{name}</span>
            </button>
          ) : (
            name
          )}
        </th>
        {rest.map(({ title, value, end, long }) => (
          <td key={title} data-label={title} data-end={end} data-long={long}>
            <div>{value(row)}</div>
          </td>
        ))}
      </tr>
      {content && open && (
        <tr id={inside} className={style.inside}>
          <td colSpan={rest.length + 1}>{content()}</td>
        </tr>
      )}
    </Fragment>
  )
}
