// Status as one screen of text.
import { streamColumns } from '../commands/streams.ts'
import { type Column, table } from '../output.ts'
import { size } from '../size.ts'
import { color } from '../terminal.ts'
import { span } from '../time.ts'
import type { DatabaseRow, Part, ServiceRow, Status } from './status.ts'

const shown = (value: number | string | null): string => (value === null ? '-' : String(value))

const attention = (text: string, when: boolean): string => (when ? color.yellow(text) : text)

const serviceColumns: Column<ServiceRow>[] = [
  { title: 'service', value: ({ name }) => name },
  {
    title: 'ready',
    value: ({ ready, wanted }) => (wanted === null ? '-' : attention(`${ready}/${wanted}`, ready !== wanted)),
  },
  { title: 'version', value: ({ version }) => shown(version) },
  { title: 'restarts', value: ({ restarts }) => shown(restarts) },
  { title: 'connected', value: ({ connected }) => attention(shown(connected), connected === 0) },
  { title: 'answering', value: ({ answering }) => attention(shown(answering), answering === 0) },
  { title: 'lag', value: ({ lag }) => attention(shown(lag), (lag ?? 0) > 1000) },
]

const databaseColumns: Column<DatabaseRow>[] = [
  { title: 'database', value: ({ name }) => name },
  { title: 'version', value: ({ version, reason }) => reason ?? shown(version) },
  { title: 'size', value: ({ bytes }) => (bytes === null ? '-' : size(bytes)) },
  { title: 'outbox', value: ({ outbox_pending }) => shown(outbox_pending) },
  { title: 'oldest', value: ({ outbox_oldest_ms }) => (outbox_oldest_ms === null ? '-' : span(outbox_oldest_ms)) },
]

/** The screen; `wide` has a line for each database and more about streams. */
export const renderStatus = (status: Status, wide: boolean): string => {
  const { target, at, services, nats, streams, databases, stores, sagas, dead_letters } = status
  const columns = streamColumns.filter((column) => wide || !column.wide)
  const lines: [string, string][] = [
    [
      'NATS',
      nats.reason ?? [...nats.servers.map((server) => partText(server, server.name === nats.leader))].join('  '),
    ],
    ['databases', databasesText(databases)],
    ['stores', stores.map((part) => partText(part)).join('  ')],
    ['sagas', sagas === null ? '-' : sagasText(sagas)],
    ['dead letters', attention(shown(dead_letters), (dead_letters ?? 0) > 0)],
  ]
  return [
    `${color.bold(target)}  ${color.dim(at.slice(0, 19).replace('T', ' '))}`,
    table(services, serviceColumns),
    ...(streams.length > 0 ? [table(streams, columns)] : []),
    ...(wide ? [table(databases, databaseColumns)] : []),
    lines.map(([name, text]) => `${color.bold(name.padEnd(12))}  ${text}`).join('\n'),
  ].join('\n\n')
}

const partText = ({ name, up, version, reason }: Part, leads = false): string =>
  `${up ? color.green('✔') : color.red('✘')} ${name} ${version ?? reason ?? ''}${leads ? ' (leads)' : ''}`

const databasesText = (databases: readonly DatabaseRow[]): string => {
  const away = databases.filter(({ up }) => !up)
  const waiting = databases.reduce((sum, { outbox_pending }) => sum + (outbox_pending ?? 0), 0)
  const bytes = databases.reduce((sum, row) => sum + (row.bytes ?? 0), 0)
  const mark = away.length === 0 ? color.green('✔') : color.red('✘')
  const counted = `${mark} ${databases.length - away.length} of ${databases.length} answer, ${size(bytes)}, ${waiting} in outboxes`
  // When the server itself is away, all say the same: two are enough.
  const told = away.slice(0, 2).map(({ name, reason }) => `${name}: ${reason}`)
  return [counted, ...told, ...(away.length > 2 ? [`and ${away.length - 2} more`] : [])].join('; ')
}

const sagasText = ({ by_status, overdue }: NonNullable<Status['sagas']>): string => {
  const counts = Object.entries(by_status).map(([name, count]) => `${count} ${name}`)
  return [counts.join(', ') || 'none', attention(`${overdue} past their deadline`, overdue > 0)].join(', ')
}
