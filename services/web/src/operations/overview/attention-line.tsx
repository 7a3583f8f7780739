// One thing that needs attention, in words, with the way to it.
import { Badge } from '../../ui/notice.tsx'
import type { Measures } from '../measures.ts'
import type { Words } from '../text/en.ts'
import { useMeasures, useWords } from '../words.ts'
import type { Attention } from './attention.ts'
import style from './overview-page.module.css'
import { Way } from './way.tsx'

export const AttentionLine = ({ attention }: { attention: Attention }) => {
  const { overview } = useWords()
  const measures = useMeasures()
  const bad = attention.judgement === 'bad'
  return (
    <li className={style.line}>
      <Badge tone={bad ? 'bad' : 'warn'}>{bad ? overview.bad : overview.doubtful}</Badge>
      <Way to={addressOf(attention)}>{sentenceOf(attention, overview, measures)}</Way>
    </li>
  )
}

const addressOf = (attention: Attention): string => {
  switch (attention.kind) {
    case 'no_instance':
    case 'errors':
    case 'slow':
      return `#service-${attention.service}`
    case 'stuck':
      return '/operations/orders'
    case 'letters':
      return '/operations/dead-letters'
    case 'stream_unread':
    case 'replicas':
    case 'consumer_unread':
    case 'lag':
      return `/operations/streams#${attention.stream}`
    default:
      return attention satisfies never
  }
}

const sentenceOf = (attention: Attention, overview: Words['overview'], { share, duration }: Measures): string => {
  switch (attention.kind) {
    case 'no_instance':
      return overview.noInstance(attention.service)
    case 'errors':
      return overview.errors(attention.service, share(attention.share))
    case 'slow':
      return overview.slow(attention.service, duration(attention.average_ms))
    case 'stream_unread':
      return overview.streamUnread(attention.stream, attention.why)
    case 'replicas':
      return overview.replicas(attention.stream, attention.current, attention.all)
    case 'consumer_unread':
      return overview.consumerUnread(attention.consumer, attention.stream, attention.why)
    case 'lag':
      return overview.lag(attention.consumer, attention.stream, attention.count)
    case 'letters':
      return overview.letters(attention.count)
    case 'stuck':
      return overview.stuckOrders(attention.count, attention.more)
    default:
      return attention satisfies never
  }
}
