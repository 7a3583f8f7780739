// What dead letters have in common, with what can be done to a whole group.
import { Link } from 'react-router'
import type { DeadLetterGroup } from '../../generated/api.ts'
import { Button } from '../../ui/button.tsx'
import { Moment } from '../piece.tsx'
import type { Grouping } from '../queries.ts'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import style from './letters-page.module.css'
import { headline } from './letters-table.tsx'
import type { Wanted } from './settle-letters.tsx'

export const GroupsTable = ({
  by,
  groups,
  onWanted,
}: {
  by: Grouping
  groups: readonly DeadLetterGroup[]
  onWanted(wanted: Wanted): void
}) => {
  const { letters } = useWords()
  const { count } = useMeasures()
  return (
    <Table
      label={letters.groups}
      rows={groups}
      keyOf={({ key }) => key}
      columns={[
        {
          title: letters.group,
          value: ({ key }) => (
            <Link to={`?${new URLSearchParams({ by, group: key })}`} className={style.group}>
              {headline(key)}
            </Link>
          ),
        },
        { title: letters.count, value: (group) => count(group.count), end: true },
        { title: letters.newest, value: ({ newest }) => <Moment at={newest} />, long: true },
        {
          title: letters.actions,
          long: true,
          value: ({ key: group }) => (
            <div className={style.buttons}>
              <Button
                look="quiet"
                size="small"
                aria-label={`${letters.retry}: ${headline(group)}`}
                onClick={() => onWanted({ kind: 'retry', chosen: { by, group } })}
              >
                {letters.retry}
              </Button>
              <Button
                look="danger"
                size="small"
                aria-label={`${letters.drop}: ${headline(group)}`}
                onClick={() => onWanted({ kind: 'drop', chosen: { by, group } })}
              >
                {letters.drop}
              </Button>
            </div>
          ),
        },
      ]}
    />
  )
}
