// Dead letters in a table: who gave each up, why, and how often it was tried.
import { Link } from 'react-router'
import type { DeadLetter } from '../../generated/api.ts'
import piece from '../piece.module.css'
import { isId, Moment, OrderLink } from '../piece.tsx'
import { Table } from '../table.tsx'
import { useWords } from '../words.ts'
import style from './letters-page.module.css'

export const LettersTable = ({ letters: rows }: { letters: readonly DeadLetter[] }) => {
  const { letters } = useWords()
  return (
    <Table
      label={letters.shown}
      rows={rows}
      keyOf={({ sequence }) => sequence}
      columns={[
        {
          title: letters.place,
          value: ({ sequence }) => (
            <Link to={`/operations/dead-letters/${sequence}`} aria-label={letters.letter(`${sequence}`)}>
              {sequence}
            </Link>
          ),
        },
        { title: letters.gaveUp, value: (letter) => <Consumer {...letter} />, long: true },
        { title: letters.message, value: (letter) => <Message {...letter} />, long: true },
        {
          title: letters.what,
          value: ({ error }) => <span className={style.error}>{headline(error)}</span>,
          long: true,
        },
        {
          title: letters.attempts,
          value: ({ attempts, retries }) => letters.attemptsOf(attempts, retries),
          end: true,
        },
        { title: letters.last, value: ({ last_time }) => <Moment at={last_time} />, long: true },
      ]}
    />
  )
}

export const Consumer = ({ service, stream }: Pick<DeadLetter, 'service' | 'stream'>) => (
  <>
    {service} <span className={piece.soft}>{stream}</span>
  </>
)

/** The first line of an error, without the beginning of what follows. */
export const headline = (error: string): string => error.split('\n', 1)[0]?.replace(/:?\s*[[{]?$/, '') ?? ''

const Message = ({ type, subject, aggregate }: DeadLetter) => (
  <>
    <span>{type ?? subject}</span> {aggregate !== null && <About aggregate={aggregate} type={type} />}
  </>
)

/** The id of an aggregate is that of an order for all that belongs to its journey. */
const ofOrders = /^(order|inventory|payment|delivery|step)[_.]/

export const About = ({ aggregate, type }: { aggregate: string; type: string | null }) => {
  if (isId(aggregate) && type !== null && ofOrders.test(type)) return <OrderLink id={aggregate} />
  return <span className={piece.mono}>{aggregate}</span>
}
