// The question before dead letters are retried or dropped, and the answer: letter by letter, as it comes.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Field } from '../../ui/form.tsx'
import { Badge, type Tone } from '../../ui/notice.tsx'
import { Problem } from '../../ui/problem.tsx'
import { prettyJson } from '../json.ts'
import piece from '../piece.module.css'
import { Progress } from '../piece.tsx'
import { keys } from '../queries.ts'
import { AskReason } from '../reason.tsx'
import { useWords } from '../words.ts'
import style from './letters-page.module.css'
import { type Act, type Chosen, type Outcome, settle } from './settle.ts'

/** `body`: what the letter holds, where it is to be edited before it is retried. */
export type Wanted = { kind: Act['kind']; chosen: Chosen; body?: string }

export const SettleLetters = ({ wanted, onClose }: { wanted: Wanted; onClose(): void }) => {
  const { letters } = useWords()
  const { settling, outcomes } = useSettling(wanted)
  const { kind, chosen, body } = wanted
  const done = settling.isSuccess || (settling.isError && outcomes.length > 0)
  return (
    <AskReason<{ reason: string; body?: string }>
      open
      onClose={onClose}
      {...wordsOf(wanted, letters)}
      confirm={letters[kind]}
      danger={kind === 'drop'}
      busy={settling.isPending}
      error={settling.error}
      onReason={(values) => settling.mutate(values)}
      result={
        (settling.isPending || done) && (
          <Outcomes
            outcomes={outcomes}
            all={Array.isArray(chosen) ? chosen.length : null}
            isPending={settling.isPending}
            error={settling.error}
          />
        )
      }
    >
      {body !== undefined && (
        <Field
          name="body"
          label={letters.newBody}
          defaultValue={prettyJson(body)}
          multiline={14}
          spellCheck={false}
          required
        />
      )}
    </AskReason>
  )
}

const useSettling = ({ kind, chosen }: Wanted) => {
  const cache = useQueryClient()
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([])
  const settling = useMutation({
    mutationFn: async (values: { reason: string; body?: string }) => {
      setOutcomes([])
      for await (const portion of settle(chosen, { ...values, kind, action_id: crypto.randomUUID() }))
        setOutcomes((present) => [...present, ...portion])
    },
    onSettled: () => cache.invalidateQueries({ queryKey: keys.letters }),
  })
  return { settling, outcomes }
}

const wordsOf = ({ kind, chosen, body }: Wanted, letters: ReturnType<typeof useWords>['letters']) => {
  const count = Array.isArray(chosen) ? chosen.length : null
  if (body !== undefined) return { title: letters.confirmEdit, text: letters.editText }
  if (kind === 'retry')
    return { title: count === null ? letters.confirmRetryGroup : letters.confirmRetry(count), text: letters.retryText }
  return { title: count === null ? letters.confirmDropGroup : letters.confirmDrop(count), text: letters.dropText }
}

const tones: Record<Outcome['outcome'], Tone> = {
  handled: 'good',
  dropped: 'good',
  gone: 'plain',
  failed: 'bad',
  unavailable: 'warn',
  unknown: 'warn',
}

const Outcomes = ({
  outcomes,
  all,
  isPending,
  error,
}: {
  outcomes: readonly Outcome[]
  all: number | null
  isPending: boolean
  error: unknown
}) => {
  const { letters, act } = useWords()
  return (
    <>
      {isPending && all !== null && (
        <Progress value={outcomes.length} max={all} label={act.working(outcomes.length, all)} />
      )}
      {isPending && outcomes.length === 0 && <p className={piece.soft}>{letters.reading}</p>}
      {error !== null && <Problem error={error} />}
      {!isPending && outcomes.length === 0 && error === null && <p>{letters.nothing}</p>}
      {outcomes.length > 0 && (
        <>
          <h3>{letters.results}</h3>
          <ul className={style.outcomes}>
            {outcomes.map(({ sequence, outcome, error: why }) => (
              <li key={sequence}>
                <span className={style.place}>{sequence}</span>
                <Badge tone={tones[outcome]}>{letters.outcome[outcome]}</Badge>
                {why && <span className={style.why}>{why}</span>}
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  )
}
