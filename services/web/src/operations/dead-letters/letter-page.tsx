// One dead letter, whole: what went wrong and where, the message as it came, and what is to become of it.
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useParams } from 'react-router'
import { ApiProblem } from '../../api/problem.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Empty } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Answer } from '../answer.tsx'
import { Body, Code, Headers } from '../message.tsx'
import piece from '../piece.module.css'
import { Disclosure, Facts, isId, Moment, OrderLink } from '../piece.tsx'
import { type Letter, queries } from '../queries.ts'
import { useWords } from '../words.ts'
import { About, Consumer } from './letters-table.tsx'
import { SettleLetters, type Wanted } from './settle-letters.tsx'

export default function LetterPage() {
  const { letters } = useWords()
  const { sequence = '' } = useParams()
  const [wanted, setWanted] = useState<Wanted | null>(null)
  const found = useQuery(queries.letter(Number(sequence)))
  const { error } = found
  const isGone = error instanceof ApiProblem && (error.code === 'not_found' || error.code === 'invalid_request')
  const back = (
    <ButtonLink to="/operations/dead-letters" look="plain">
      {letters.all}
    </ButtonLink>
  )
  return (
    <Page title={letters.letter(sequence)} actions={back}>
      {isGone ? (
        <Empty title={letters.gone} text={letters.goneText} />
      ) : (
        <Answer to={found} outline={{ count: 3, height: 9 }}>
          {(letter) => <Whole letter={letter} onWanted={setWanted} />}
        </Answer>
      )}
      {wanted && <SettleLetters wanted={wanted} onClose={() => setWanted(null)} />}
    </Page>
  )
}

const Whole = ({ letter, onWanted }: { letter: Letter; onWanted(wanted: Wanted): void }) => {
  const { letters } = useWords()
  const { error, headers } = letter
  // A stack begins with the error itself.
  const stack = letter.stack.startsWith(error) ? letter.stack.slice(error.length).trim() : letter.stack
  return (
    <>
      <Card title={letters.what}>
        <LetterFacts letter={letter} />
        <Code text={error} label={letters.error} />
        {stack !== '' && (
          <Disclosure summary={letters.stack}>{() => <Code text={stack} label={letters.stack} />}</Disclosure>
        )}
        <Actions letter={letter} onWanted={onWanted} />
      </Card>
      <Card title={letters.content}>
        <Headers headers={headers} />
        <Body {...letter} />
      </Card>
    </>
  )
}

const LetterFacts = ({ letter }: { letter: Letter }) => {
  const { letters } = useWords()
  const { service, stream, subject, type, aggregate, correlation_id, event_id, attempts, retries } = letter
  const facts: [string, ReactNode][] = [
    [letters.gaveUp, <Consumer key="consumer" service={service} stream={stream} />],
    [
      letters.subject,
      <span key="subject" className={piece.mono}>
        {subject}
      </span>,
    ],
    [letters.about, aggregate && <About key="about" aggregate={aggregate} type={type} />],
    [
      letters.journey,
      isId(correlation_id) && correlation_id !== aggregate ? <OrderLink key="journey" id={correlation_id} /> : null,
    ],
    [
      letters.event,
      event_id && (
        <span key="event" className={piece.mono}>
          {event_id}
        </span>
      ),
    ],
    [letters.attempts, letters.attemptsOf(attempts, retries)],
    [letters.first, <Moment key="first" at={letter.first_time} />],
    [letters.last, <Moment key="last" at={letter.last_time} />],
  ]
  return <Facts facts={facts} />
}

const Actions = ({ letter: { sequence, body }, onWanted }: { letter: Letter; onWanted(wanted: Wanted): void }) => {
  const { letters } = useWords()
  const chosen = [sequence]
  return (
    <div className={piece.row}>
      <Button onClick={() => onWanted({ kind: 'retry', chosen })}>{letters.retry}</Button>
      {body === null ? (
        <p className={piece.soft}>{letters.editUnable}</p>
      ) : (
        <Button look="quiet" onClick={() => onWanted({ kind: 'retry', chosen, body })}>
          {letters.edit}
        </Button>
      )}
      <Button look="danger" onClick={() => onWanted({ kind: 'drop', chosen })}>
        {letters.drop}
      </Button>
    </div>
  )
}
