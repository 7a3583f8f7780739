// The lag of a consumer over the last ten minutes: a line, and beside it in words when most waited, or what the pointer is at.
import { lazy, Suspense, useState } from 'react'
import type { StreamConsumer } from '../../generated/api.ts'
import { useFormat } from '../../text/preferences.ts'
import { highest } from '../readings.ts'
import { useMeasures, useWords } from '../words.ts'
import style from './streams-page.module.css'

const LagChart = lazy(() => import('./lag-chart.tsx'))

export const LagHistory = ({ consumer: { name, samples } }: { consumer: StreamConsumer }) => {
  const { streams } = useWords()
  const { count } = useMeasures()
  const { time } = useFormat()
  const [point, setPoint] = useState<StreamConsumer['samples'][number] | null>(null)
  const most = highest(samples)
  if (!most) return <span className={style.words}>{streams.noSamples}</span>
  const isFlat = samples.every(([, waiting]) => waiting === most[1])
  const words = isFlat ? streams.always(count(most[1])) : streams.most(count(most[1]), time(most[0]))
  return (
    <div className={style.history}>
      <Suspense fallback={<div className={style.chart} />}>
        <LagChart samples={samples} label={streams.chart(name, words)} onPoint={setPoint} />
      </Suspense>
      <span className={style.words}>{point ? streams.at(count(point[1]), time(point[0])) : words}</span>
    </div>
  )
}
