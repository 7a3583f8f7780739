// The instances of a service, each with the calls that it was asked for.
import type { Service } from '../../generated/api.ts'
import piece from '../piece.module.css'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import style from './overview-page.module.css'

export const InstanceList = ({ service: { name, instances } }: { service: Service }) => {
  const { overview } = useWords()
  const { duration, count, roughly } = useMeasures()
  return (
    <ul className={piece.stack} aria-label={overview.of(name)}>
      {instances.map(({ id, version, started_at, endpoints }) => {
        const asked = endpoints.filter(({ requests }) => requests > 0).sort((a, b) => b.requests - a.requests)
        return (
          <li key={id} className={style.instance}>
            <p>
              <span className={piece.mono}>{id}</span>{' '}
              <span className={piece.soft}>
                {version} · {overview.started} {roughly(Date.now() - Date.parse(started_at))}
              </span>
            </p>
            {asked.length === 0 ? (
              <p className={piece.soft}>{overview.noCalls}</p>
            ) : (
              <Table
                label={`${name} ${id}`}
                rows={asked}
                keyOf={({ subject }) => subject}
                columns={[
                  { title: overview.call, value: ({ subject }) => <span className={piece.mono}>{subject}</span> },
                  { title: overview.columns.requests, value: ({ requests }) => count(requests), end: true },
                  { title: overview.columns.errors, value: ({ errors }) => count(errors), end: true },
                  {
                    title: overview.columns.latency,
                    value: ({ average_ms }) => (average_ms === null ? '–' : duration(average_ms)),
                    end: true,
                  },
                ]}
              />
            )}
          </li>
        )
      })}
    </ul>
  )
}
