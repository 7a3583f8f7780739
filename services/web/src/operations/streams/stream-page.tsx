// The messages of a stream, the newest first, each with its headers and its body on demand.
import { useInfiniteQuery } from '@tanstack/react-query'
import { RotateCw } from 'lucide-react'
import { useParams, useSearchParams } from 'react-router'
import { ApiProblem } from '../../api/problem.ts'
import type { StreamMessage } from '../../generated/api.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Empty } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Pages } from '../../ui/pages.tsx'
import { isRefusedFilter } from '../answer.tsx'
import { Filters } from '../filters.tsx'
import { Body, Headers } from '../message.tsx'
import { Disclosure, Moment } from '../piece.tsx'
import { queries } from '../queries.ts'
import { useMeasures, useWords } from '../words.ts'
import style from './streams-page.module.css'

export default function StreamPage() {
  const { streams, common } = useWords()
  const { stream = '' } = useParams()
  const [search] = useSearchParams()
  const subject = search.get('subject') ?? ''
  const messages = useInfiniteQuery(queries.messages(stream, subject))
  const isMissing = messages.error instanceof ApiProblem && messages.error.code === 'not_found'
  const actions = (
    <div className={style.actions}>
      <ButtonLink to="/operations/streams" look="plain">
        {streams.all}
      </ButtonLink>
      <Button
        look="quiet"
        busy={messages.isRefetching && !messages.isFetchingNextPage}
        onClick={() => messages.refetch()}
      >
        <RotateCw size={18} aria-hidden="true" />
        {common.refresh}
      </Button>
    </div>
  )
  if (isMissing)
    return (
      <Page title={streams.of(stream)}>
        <Empty text={streams.missing}>
          <ButtonLink to="/operations/streams">{streams.all}</ButtonLink>
        </Empty>
      </Page>
    )
  return (
    <Page title={streams.of(stream)} actions={actions}>
      <Filters
        fields={[{ name: 'subject', label: streams.subject, placeholder: streams.subjectExample, maxLength: 200 }]}
        error={messages.error}
      />
      {!isRefusedFilter(messages.error) && (
        <Card>
          <Pages to={messages} outline={{ count: 6, height: 2.5 }} empty={<Nothing filtered={subject !== ''} />}>
            {(items) => (
              <ul className={style.messages}>
                {items.map((message) => (
                  <li key={message.sequence}>
                    <Disclosure summary={<Summary message={message} />}>
                      {() => (
                        <>
                          <Headers headers={message.headers} />
                          <Body {...message} />
                        </>
                      )}
                    </Disclosure>
                  </li>
                ))}
              </ul>
            )}
          </Pages>
        </Card>
      )}
    </Page>
  )
}

const Nothing = ({ filtered }: { filtered: boolean }) => {
  const { streams } = useWords()
  return filtered ? (
    <Empty title={streams.noneMatch} text={streams.noneMatchText} />
  ) : (
    <Empty title={streams.noMessages} text={streams.noMessagesText} />
  )
}

const Summary = ({ message: { sequence, subject, time, size } }: { message: StreamMessage }) => {
  const { streams } = useWords()
  const { bytes, count } = useMeasures()
  return (
    <span className={style.summary}>
      <span className={style.place}>{streams.place(count(sequence))}</span>
      <span className={style.subject}>{subject}</span>
      <span className={style.words}>{bytes(size)}</span>
      <span className={style.words}>
        <Moment at={time} />
      </span>
    </span>
  )
}
