// The lag of a consumer as a line. What it shows is said in words beside it; this is loaded with the first page that has charts.
import { useEffect, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import type { StreamConsumer } from '../../generated/api.ts'
import { usePreferences } from '../../text/preferences.ts'
import style from './streams-page.module.css'

type Samples = StreamConsumer['samples']

const height = 32
const window_s = 600

/** uPlot's columns: seconds, and how many messages waited. */
const columnsOf = (samples: Samples): uPlot.AlignedData => [
  samples.map(([at]) => Date.parse(at) / 1000),
  samples.map(([, waiting]) => waiting),
]

/** `label`: what it shows, for who cannot see it. `onPoint`: told which sample the pointer is at; null when it leaves. */
export default function LagChart({
  samples,
  label,
  onPoint,
}: {
  samples: Samples
  label: string
  onPoint(sample: Samples[number] | null): void
}) {
  const host = useRef<HTMLDivElement>(null)
  const [plot, setPlot] = useState<uPlot>()
  const shown = useRef({ samples, onPoint })
  shown.current = { samples, onPoint }

  useEffect(() => {
    if (!host.current) return
    const made = new uPlot(optionsOf(host.current, shown), columnsOf(shown.current.samples), host.current)
    setPlot(made)
    const sizes = new ResizeObserver(([entry]) => entry && made.setSize({ width: entry.contentRect.width, height }))
    sizes.observe(host.current)
    return () => {
      sizes.disconnect()
      made.destroy()
    }
  }, [])
  useEffect(() => plot?.setData(columnsOf(samples)), [plot, samples])
  useRedrawWithTheme(plot)
  return <div ref={host} className={style.chart} role="img" aria-label={label} />
}

const optionsOf = (
  host: HTMLElement,
  shown: { current: { samples: Samples; onPoint(sample: Samples[number] | null): void } },
): uPlot.Options => {
  // A canvas knows no tokens: it is given the colour that the style sheet has worked out for the place it stands in.
  const colour = () => getComputedStyle(host).color
  return {
    width: host.clientWidth,
    height,
    padding: [4, 2, 2, 2],
    axes: [{ show: false }, { show: false }],
    legend: { show: false },
    cursor: { y: false, drag: { setScale: false, x: false, y: false }, points: { size: 7 } },
    scales: {
      x: { range: (_, __, newest) => [newest - window_s, newest] },
      y: { range: (_, __, most) => [0, Math.max(4, most ?? 0)] },
    },
    series: [
      {},
      {
        stroke: colour,
        fill: () => colour().replace('rgb(', 'rgba(').replace(')', ', 0.16)'),
        width: 1.5,
        points: { show: false },
      },
    ],
    hooks: {
      setCursor: [({ cursor: { idx } }) => shown.current.onPoint(shown.current.samples[idx ?? -1] ?? null)],
    },
  }
}

const useRedrawWithTheme = (plot: uPlot | undefined) => {
  const { theme } = usePreferences()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours change with the theme.
  useEffect(() => {
    const redraw = () => plot?.redraw(false)
    redraw()
    const system = matchMedia('(prefers-color-scheme: dark)')
    system.addEventListener('change', redraw)
    return () => system.removeEventListener('change', redraw)
  }, [plot, theme])
}
