// A replay before it is run: which read model, what it would be sent, and why.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useRef } from 'react'
import { useNavigate, useSearchParams } from 'react-router'
import { api, dataOf } from '../../api/client.ts'
import { mayHeal } from '../../api/problem.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Choice, Field, Form } from '../../ui/form.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { toast } from '../../ui/toasts.tsx'
import { Answer } from '../answer.tsx'
import piece from '../piece.module.css'
import { keys, queries } from '../queries.ts'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import style from './replays-page.module.css'

export default function PlanPage() {
  const { replays: words } = useWords()
  const [search, setSearch] = useSearchParams()
  const replays = useQuery(queries.replays())
  return (
    <Page
      title={words.begin}
      lead={words.lead}
      actions={
        <ButtonLink to="/operations/replays" look="plain">
          {words.all}
        </ButtonLink>
      }
    >
      <Answer to={replays} outline={{ height: 6 }}>
        {({ projections }) => {
          const projection = projections.find((name) => name === search.get('projection')) ?? projections[0] ?? ''
          return (
            <>
              <Choice
                label={words.projection}
                value={projection}
                onChange={({ target }) => setSearch({ projection: target.value }, { replace: true })}
                options={projections.map((name) => [name, name])}
              />
              <Card key={projection} title={words.planOf(projection)}>
                <Plan projection={projection} />
                <Start projection={projection} />
              </Card>
            </>
          )
        }}
      </Answer>
    </Page>
  )
}

const Plan = ({ projection }: { projection: string }) => {
  const { replays } = useWords()
  const { count, bytes, moment } = useMeasures()
  const plan = useQuery(queries.plan(projection))
  return (
    <Answer to={plan} outline={{ count: 4, height: 2 }}>
      {({ types, first, last }) => {
        const sum = (of: 'records' | 'bytes') => types.reduce((total, type) => total + type[of], 0)
        if (types.length === 0) return <p>{replays.nothing}</p>
        return (
          <>
            <p>
              {replays.planText(count(sum('records')), bytes(sum('bytes')))}{' '}
              {first && last && replays.between(moment(first), moment(last))}
            </p>
            <Table
              label={replays.planOf(projection)}
              rows={types}
              keyOf={({ type }) => type}
              columns={[
                { title: replays.type, value: ({ type }) => <span className={piece.mono}>{type}</span> },
                { title: replays.records, value: ({ records }) => count(records), end: true },
                { title: replays.size, value: (type) => bytes(type.bytes), end: true },
              ]}
            />
          </>
        )
      }}
    </Answer>
  )
}

const Start = ({ projection }: { projection: string }) => {
  const { replays, act } = useWords()
  const cache = useQueryClient()
  const navigate = useNavigate()
  // One id for one wish: asked twice, it is still one replay.
  const job = useRef(crypto.randomUUID())
  const start = useMutation({
    mutationFn: ({ reason, rate }: { reason: string; rate: string }) =>
      dataOf(
        api.POST('/api/replays', {
          body: { job: job.current, projection, reason: reason.trim(), ...(rate !== '' && { rate: Number(rate) }) },
        }),
      ),
    retry: (failures, error) => failures < 3 && mayHeal(error),
    onSuccess: () => {
      toast(replays.started)
      void cache.invalidateQueries({ queryKey: keys.replays })
      void navigate('/operations/replays')
    },
    onError: () => {
      job.current = crypto.randomUUID()
    },
  })
  return (
    <Form<{ reason: string; rate: string }>
      error={start.error}
      onValues={(values) => !start.isPending && start.mutate(values)}
    >
      <div className={style.start}>
        <Field
          name="reason"
          label={act.reason}
          hint={act.reasonHint}
          minLength={3}
          maxLength={500}
          autoComplete="off"
          required
        />
        <Field name="rate" label={replays.rate} type="number" inputMode="numeric" min={1} max={1_000_000} step={1} />
      </div>
      <div>
        <Button type="submit" busy={start.isPending}>
          {replays.start}
        </Button>
      </div>
    </Form>
  )
}
