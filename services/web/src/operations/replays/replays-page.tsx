// The replays there were, each with how far it is, followed while one runs.
import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { ButtonLink } from '../../ui/button.tsx'
import { Empty } from '../../ui/notice.tsx'
import { Page } from '../../ui/page.tsx'
import { Answer } from '../answer.tsx'
import piece from '../piece.module.css'
import { queries } from '../queries.ts'
import { useWords } from '../words.ts'
import { type Ending, EndReplay } from './end-replay.tsx'
import { ReplayCard } from './replay-card.tsx'

export default function ReplaysPage() {
  const { replays: words } = useWords()
  const [ending, setEnding] = useState<Ending | null>(null)
  const replays = useQuery({
    ...queries.replays(),
    refetchInterval: ({ state: { data } }) => (data?.items.some(({ state }) => state === 'running') ? 1000 : 15_000),
  })
  return (
    <Page
      title={words.title}
      lead={words.lead}
      actions={
        <ButtonLink to="/operations/replays/new">
          <RefreshCw size={18} aria-hidden="true" />
          {words.begin}
        </ButtonLink>
      }
    >
      <Answer to={replays} outline={{ count: 3, height: 8 }}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={words.empty} text={words.emptyText} />
          ) : (
            <ul className={piece.stack} aria-label={words.list}>
              {items.map((replay) => (
                <li key={replay.job}>
                  <ReplayCard replay={replay} onEnd={(action) => setEnding({ replay, action })} />
                </li>
              ))}
            </ul>
          )
        }
      </Answer>
      {ending && <EndReplay ending={ending} onClose={() => setEnding(null)} />}
    </Page>
  )
}
