// Proves the whole history, part by part, for as long as the page is open and nobody stops it; every finding by its name.
import type { HistoryFinding } from '../../generated/api.ts'
import { Button, ButtonLink } from '../../ui/button.tsx'
import { Badge, Notice } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Problem } from '../../ui/problem.tsx'
import piece from '../piece.module.css'
import { Facts, Progress } from '../piece.tsx'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import { type State, useVerification } from './use-verification.ts'
import type { Verdict } from './verdict.ts'

export default function VerifyPage() {
  const { audit, nav } = useWords()
  const { verdict, state, error, start, stop, goOn } = useVerification()
  return (
    <Page
      title={audit.verifyTitle}
      lead={audit.verifyText}
      actions={
        <ButtonLink to="/operations/audit" look="plain">
          {nav.audit}
        </ButtonLink>
      }
    >
      <div className={piece.row}>
        {state === 'running' ? (
          <Button look="quiet" onClick={stop}>
            {audit.stop}
          </Button>
        ) : (
          <>
            {state === 'stopped' && <Button onClick={goOn}>{audit.goOn}</Button>}
            <Button look={state === 'stopped' ? 'quiet' : 'main'} onClick={start}>
              {verdict ? audit.again : audit.start}
            </Button>
          </>
        )}
      </div>
      {error !== null && state !== 'running' && <Problem error={error} retry={goOn} />}
      {(verdict || state === 'running') && <Judged verdict={verdict} state={state} />}
    </Page>
  )
}

const Judged = ({ verdict, state }: { verdict: Verdict | undefined; state: State }) => {
  const { audit } = useWords()
  const { count } = useMeasures()
  const { done = 0, all = 0 } = verdict ?? {}
  const words = audit.progress(count(done), count(all))
  return (
    <Card title={audit.results}>
      <div className={piece.stack}>
        <Progress value={done} max={all} label={words} />
        <p className={piece.soft}>{words}</p>
        <Conclusion verdict={verdict} state={state} />
        {verdict && <Figures verdict={verdict} />}
        {verdict && verdict.findings.length > 0 && <Findings verdict={verdict} />}
      </div>
    </Card>
  )
}

const Conclusion = ({ verdict, state }: { verdict: Verdict | undefined; state: State }) => {
  const { audit } = useWords()
  const { count } = useMeasures()
  const found = verdict ? verdict.findings.length + verdict.more : 0
  if (found > 0)
    return (
      <Notice tone="bad">
        <p>{audit.found(found)}</p>
      </Notice>
    )
  if (state === 'done' && verdict)
    return (
      <Notice tone="good">
        <p>{audit.whole(count(verdict.records))}</p>
      </Notice>
    )
  return <p>{state === 'stopped' ? `${audit.stopped} ${audit.sofar}` : audit.sofar}</p>
}

const Figures = ({ verdict }: { verdict: Verdict }) => {
  const { audit } = useWords()
  const { count } = useMeasures()
  const { records, checkpoints, unsealed, unproved, keys, link } = verdict
  return (
    <Facts
      facts={[
        [audit.records, count(records)],
        [audit.checkpoints, count(checkpoints)],
        [audit.unsealed, count(unsealed)],
        [audit.unproved, unproved > 0 ? count(unproved) : null],
        [
          audit.keys,
          <span key="keys" className={piece.mono}>
            {keys.join(', ')}
          </span>,
        ],
        [
          audit.link,
          link && (
            <span key="link" className={piece.mono}>
              {link}
            </span>
          ),
        ],
      ]}
    />
  )
}

const Findings = ({ verdict: { findings, more } }: { verdict: Verdict }) => {
  const { audit } = useWords()
  const { count } = useMeasures()
  const place = ({ sequence, last }: HistoryFinding) =>
    last === undefined ? count(sequence) : `${count(sequence)} – ${count(last)}`
  return (
    <>
      <Table
        label={audit.findings}
        rows={findings}
        keyOf={({ sequence, what }) => `${sequence} ${what}`}
        columns={[
          { title: audit.place, value: place },
          { title: audit.what, value: ({ what }) => <Badge tone="bad">{audit.kinds[what]}</Badge> },
          { title: audit.detail, value: ({ detail }) => detail, long: true },
        ]}
      />
      {more > 0 && <p className={piece.soft}>{audit.more(more)}</p>}
    </>
  )
}
