// One replay: how far it is or what became of it, why it was begun, and how it can be ended.
import type { Replay } from '../../generated/api.ts'
import { Button } from '../../ui/button.tsx'
import { Badge, Notice, type Tone } from '../../ui/notice.tsx'
import { Card } from '../../ui/page.tsx'
import { useNow } from '../now.ts'
import piece from '../piece.module.css'
import { Facts, Moment, Progress } from '../piece.tsx'
import { useMeasures, useWords } from '../words.ts'
import type { Ending } from './end-replay.tsx'
import style from './replays-page.module.css'

const tones: Record<Replay['state'], Tone> = {
  running: 'brand',
  swapped: 'good',
  finalized: 'plain',
  cancelled: 'warn',
}

export const ReplayCard = ({ replay, onEnd }: { replay: Replay; onEnd(action: Ending['action']): void }) => {
  const { replays } = useWords()
  const { projection, state, error } = replay
  return (
    <Card>
      <div className={piece.spread}>
        <h2 className={style.title}>
          {projection} <Badge tone={tones[state]}>{replays.state[state]}</Badge>
        </h2>
        {state === 'running' && (
          <Button
            look="danger"
            size="small"
            onClick={() => onEnd('cancel')}
            aria-label={`${replays.cancel}: ${projection}`}
          >
            {replays.cancel}
          </Button>
        )}
        {state === 'swapped' && (
          <Button
            look="quiet"
            size="small"
            onClick={() => onEnd('finalize')}
            aria-label={`${replays.finalize}: ${projection}`}
          >
            {replays.finalize}
          </Button>
        )}
      </div>
      {state === 'running' && <HowFar replay={replay} />}
      {state === 'swapped' && <p className={piece.soft}>{replays.swapHint}</p>}
      {error !== null && (
        <Notice tone="warn">
          <p>{error}</p>
        </Notice>
      )}
      <ReplayFacts replay={replay} />
    </Card>
  )
}

const HowFar = ({ replay: { projection, position, upper } }: { replay: Replay }) => {
  const { replays, audit } = useWords()
  const { count } = useMeasures()
  return (
    <div>
      <Progress value={position} max={upper} label={replays.progressOf(projection)} />
      <p className={piece.soft}>{audit.progress(count(position), count(upper))}</p>
    </div>
  )
}

const ReplayFacts = ({ replay }: { replay: Replay }) => {
  const { replays } = useWords()
  const { duration, roughly, rate, count } = useMeasures()
  const now = useNow()
  const { reason, records, failed, started_at, ended_at, state, updated_at } = replay
  const took =
    Date.parse(ended_at ?? (state === 'running' ? new Date(now).toISOString() : updated_at)) - Date.parse(started_at)
  return (
    <Facts
      facts={[
        [replays.reason, reason],
        [
          replays.begun,
          <span key="begun">
            <Moment at={started_at} />
            <br />
            <span className={piece.soft}>
              {state === 'running' ? replays.runningFor(roughly(took)) : replays.took(duration(took))}
            </span>
          </span>,
        ],
        [
          replays.records,
          <span key="records">
            {count(records)}
            {replay.rate !== null && <span className={piece.soft}> · {replays.atMost(rate(replay.rate))}</span>}
            {failed > 0 && (
              <>
                <br />
                <Badge tone="warn">{replays.failed(count(failed))}</Badge>
              </>
            )}
          </span>,
        ],
        [
          'ID',
          <span key="job" className={piece.mono}>
            {replay.job}
          </span>,
        ],
      ]}
    />
  )
}
