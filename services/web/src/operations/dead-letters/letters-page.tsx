// The dead letters: what they have in common, one by one, and what is to become of them.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSearchParams } from 'react-router'
import type { DeadLetter } from '../../generated/api.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Choice } from '../../ui/form.tsx'
import { Empty } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Pages } from '../../ui/pages.tsx'
import { Answer, isRefusedFilter } from '../answer.tsx'
import { Filters } from '../filters.tsx'
import piece from '../piece.module.css'
import { type Grouping, type LetterFilter, queries } from '../queries.ts'
import { useWords } from '../words.ts'
import { GroupsTable } from './groups-table.tsx'
import style from './letters-page.module.css'
import { headline, LettersTable } from './letters-table.tsx'
import { SettleLetters, type Wanted } from './settle-letters.tsx'

const groupings = ['error', 'consumer', 'type'] as const satisfies Grouping[]

const groupingOf = (search: URLSearchParams): Grouping => groupings.find((by) => by === search.get('by')) ?? 'error'

const filterOf = (search: URLSearchParams): LetterFilter => {
  const of = (name: string) => search.get(name) || undefined
  const [group, error, service, type, correlation_id] = ['group', 'error', 'service', 'type', 'correlation_id'].map(of)
  return {
    ...(group && { group, by: groupingOf(search) }),
    ...(error && { error }),
    ...(service && { service }),
    ...(type && { type }),
    ...(correlation_id && { correlation_id }),
  }
}

export default function LettersPage() {
  const { letters } = useWords()
  const [wanted, setWanted] = useState<Wanted | null>(null)
  return (
    <Page title={letters.title} lead={letters.lead}>
      <Groups onWanted={setWanted} />
      <Letters onWanted={setWanted} />
      {wanted && <SettleLetters wanted={wanted} onClose={() => setWanted(null)} />}
    </Page>
  )
}

const Groups = ({ onWanted }: { onWanted(wanted: Wanted): void }) => {
  const { letters } = useWords()
  const [search, setSearch] = useSearchParams()
  const by = groupingOf(search)
  const groups = useQuery(queries.letterGroups(by))
  if (groups.data?.groups.length === 0) return null
  return (
    <Card title={letters.groups}>
      <div className={style.grouping}>
        <Choice
          label={letters.groupBy}
          value={by}
          onChange={({ target }) => setSearch(target.value === 'error' ? {} : { by: target.value }, { replace: true })}
          options={groupings.map((name) => [name, letters.by[name]])}
        />
      </div>
      <Answer to={groups} outline={{ count: 3, height: 3 }}>
        {({ groups: found }) => <GroupsTable by={by} groups={found} onWanted={onWanted} />}
      </Answer>
    </Card>
  )
}

const Letters = ({ onWanted }: { onWanted(wanted: Wanted): void }) => {
  const { letters } = useWords()
  const [search] = useSearchParams()
  const filter = filterOf(search)
  const found = useInfiniteQuery(queries.letters(filter))
  const filtered = Object.keys(filter).length > 0
  const isEmpty = !filtered && found.data?.pages[0]?.items.length === 0
  if (isEmpty) return <Empty title={letters.empty} text={letters.emptyText} />
  return (
    <Card title={letters.shown}>
      {filter.group !== undefined && (
        <div className={piece.spread}>
          <p className={style.group}>{headline(filter.group)}</p>
          <ButtonLink to={`?by=${filter.by}`} look="quiet" size="small">
            {letters.allGroups}
          </ButtonLink>
        </div>
      )}
      <Filters
        fields={[
          { name: 'error', label: letters.error, maxLength: 500 },
          { name: 'service', label: letters.service, maxLength: 100 },
          { name: 'type', label: letters.type, maxLength: 100 },
        ]}
        error={found.error}
      />
      {!isRefusedFilter(found.error) && (
        <Pages
          to={found}
          outline={{ count: 4, height: 4 }}
          empty={<Empty title={letters.noneMatch} text={letters.noneMatchText} />}
        >
          {(items) => (
            <>
              <ShownActions items={items} onWanted={onWanted} />
              <LettersTable letters={items} />
            </>
          )}
        </Pages>
      )}
    </Card>
  )
}

const ShownActions = ({ items, onWanted }: { items: readonly DeadLetter[]; onWanted(wanted: Wanted): void }) => {
  const { letters } = useWords()
  const chosen = items.map(({ sequence }) => sequence)
  return (
    <div className={piece.row}>
      <Button look="quiet" size="small" onClick={() => onWanted({ kind: 'retry', chosen })}>
        {letters.retryShown(chosen.length)}
      </Button>
      <Button look="danger" size="small" onClick={() => onWanted({ kind: 'drop', chosen })}>
        {letters.dropShown(chosen.length)}
      </Button>
    </div>
  )
}
