// Who shares which work, how many they are, and how one has more of them.
import { useQuery } from '@tanstack/react-query'
import type { Stream } from '../../generated/api.ts'
import { Badge } from '../../ui/notice.tsx'
import { Card } from '../../ui/page.tsx'
import { Answer } from '../answer.tsx'
import piece from '../piece.module.css'
import { Copy } from '../piece.tsx'
import { queries } from '../queries.ts'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import { workerGroups } from './groups.ts'

export const WorkerGroups = ({ streams }: { streams: readonly Stream[] }) => {
  const { streams: words } = useWords()
  const { count } = useMeasures()
  const services = useQuery(queries.services())
  return (
    <Card title={words.groups}>
      <p className={piece.soft}>{words.groupsText}</p>
      <Answer to={services} outline={{ count: 4, height: 2.5 }}>
        {(readings) => (
          <Table
            label={words.groups}
            rows={workerGroups(readings.at(-1)?.items ?? [], streams)}
            keyOf={({ service }) => service}
            columns={[
              { title: words.group, value: ({ service }) => service },
              { title: words.hears, value: ({ hears }) => hears.join(', ') },
              {
                title: words.instances,
                value: ({ instances }) => (instances > 0 ? instances : <Badge tone="bad">0</Badge>),
                end: true,
              },
              { title: words.waits, value: ({ waiting }) => count(waiting), end: true },
              {
                title: words.scale,
                value: ({ service, command }) => <Command service={service} command={command} />,
                long: true,
              },
            ]}
          />
        )}
      </Answer>
    </Card>
  )
}

const Command = ({ service, command }: { service: string; command: string }) => {
  const { streams } = useWords()
  return (
    <span className={piece.row}>
      <code>{command}</code>
      <Copy text={command} label={streams.copyCommand(service)} />
    </span>
  )
}
