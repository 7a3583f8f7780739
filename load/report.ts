// What was measured, as tables for people. Every figure stands beside what it was measured on.
import type { measureDisk } from './bounds/disk.ts'
import type { measureJetStream } from './bounds/jetstream.ts'
import type { measureKoa } from './bounds/koa.ts'
import type { describeConditions, settings } from './conditions.ts'
import type { Quantiles } from './messages.ts'
import { flushCount, type spent } from './meters.ts'
import type { Profile } from './profile.ts'
import { isSustained } from './ramp.ts'
import type { Trial } from './trial.ts'

type Spent = ReturnType<typeof spent>

export type BenchReport = {
  conditions: Awaited<ReturnType<typeof describeConditions>>
  settings: typeof settings
  options: Record<string, unknown>
  bounds: {
    disk: ReturnType<typeof measureDisk>
    jetstream: Awaited<ReturnType<typeof measureJetStream>>
    koa: Awaited<ReturnType<typeof measureKoa>>
  } | null
  idle: Spent
  /** Orders per second; 0 when no rate was sustained. */
  sustained: number
  steps: Trial[]
  latency: Trial[]
  profile: (Profile & { rate: number; file: string }) | null
  violations: string[]
  journey: { trial: Trial; violations: string[] } | null
}

/** The whole report. */
export const text = (report: BenchReport): string => {
  const wrong = [...report.violations, ...(report.journey?.violations ?? [])]
  return [
    conditionsOf(report),
    boundsOf(report),
    section('Steps (ms; each latency from when the order was due)', stepTable(report.steps)),
    section('Processor time (ms for each order, until all consumers had caught up)', processorTable(report)),
    section('Latency (ms)', latencyTable(report.latency)),
    journeyOf(report),
    profileOf(report),
    section('Invariants', wrong.length === 0 ? [['all hold']] : wrong.map((line) => ['BROKEN', line])),
    `\nSustained through to PAID: ${report.sustained} orders/s\n${limitOf(report)}${warningOf(report)}\n`,
  ]
    .filter((part) => part !== '')
    .join('\n')
}

const conditionsOf = ({ conditions, settings, options }: BenchReport) =>
  [
    section(
      'Measured on',
      Object.entries(conditions).map(([name, value]) => [name.replaceAll('_', ' '), String(value)]),
    ),
    section('Settings that differ from the default', [
      ...Object.entries(settings).map(([name, { value, default: usual, why }]) => [
        name,
        value,
        `not ${usual}: ${why}`,
      ]),
    ]),
    section('Load', [
      ['services', options.each ? 'each in a process of its own' : 'all in one process, as npm start runs them'],
      ['orders', `of one item, by ${options.customers} customers, for ${options.products} products`],
      [
        'arrivals',
        `at a constant rate whatever is answered; ${options.connections} connections, one process of its own`,
      ],
      ['PAID', 'when events.order_paid reaches a plain NATS subscription of the load generator'],
    ]),
  ].join('\n')

const boundsOf = ({ bounds }: BenchReport) => {
  if (bounds === null) return ''
  const { disk, jetstream, koa } = bounds
  return section('Bounds, measured in the same run', [
    ['4 KB written and synced', `${disk.per_second}/s`, `p50 ${disk.ms.p50} ms, p99 ${disk.ms.p99} ms`],
    ['JetStream, 3 copies, 512 B', `${jetstream.one_by_one}/s`, 'one after the other'],
    ['', `${jetstream.pipelined}/s`, `${jetstream.pipelined_in_flight} in flight`],
    ['', `${jetstream.atomic_batches}/s`, `atomic batches of ${jetstream.batch_size}`],
    ['bare Koa, JSON POST', `${koa.per_second}/s`, `${koa.server_us_each} µs of the server's processor time each`],
  ])
}

const stepTable = (steps: Trial[]) => [
  ['orders/s', 'paid in time', 'POST p50', 'p99', 'PAID p50', 'p95', 'p99', 'max', 'all caught up', 'sustained'],
  ...steps.map((step) => [
    String(step.rate),
    `${step.paid_in_time}/${step.sent}`,
    ms(step.post.p50),
    ms(step.post.p99),
    ...all(step.journey),
    after(step),
    isSustained(step) ? 'yes' : `no${reasonOf(step)}`,
  ]),
]

const processorTable = ({ steps, idle }: BenchReport) => {
  const names = Object.keys(idle.processor)
  if (names.length === 0) return [['not known on this operating system']]
  return [
    ['orders/s', ...names, 'sum', 'processors used', 'by others', 'disk flushes/s', 'load average'],
    [
      'idle, ms/s',
      ...names.map((name) => figure(((idle.processor[name] ?? 0) * 1000) / idle.milliseconds)),
      figure(idle.processors.ours * 1000),
      figure(idle.processors.ours),
      figure(idle.processors.others),
      perSecond(idle),
      '',
    ],
    ...steps.map(({ rate, sent, spent: { processor }, during, load_average }) => [
      String(rate),
      ...names.map((name) => figure((processor[name] ?? 0) / sent)),
      figure(Object.values(processor).reduce((sum, time) => sum + time, 0) / sent),
      figure(during.processors.ours),
      figure(during.processors.others),
      perSecond(during),
      figure(load_average),
    ]),
  ]
}

const latencyTable = (trials: Trial[]) =>
  trials.flatMap((trial) => [
    [`at ${trial.rate}/s, ${trial.sent} orders`, 'p50', 'p95', 'p99', 'max'],
    ['  POST to its answer', ...all(trial.post)],
    ['  answer to PAID', ...all(trial.accept_to_paid)],
    ['  due to PAID', ...all(trial.journey)],
    ...Object.entries(trial.stages).map(([stage, quantiles]) => [`    ${stage}`, ...all(quantiles)]),
    ['  sent late by the generator', ...all(trial.lateness)],
    ...Object.entries(trial.spent.counts).map(([name, count]) => [`  ${name}, each order`, figure(count / trial.sent)]),
  ])

const journeyOf = ({ journey }: BenchReport) => {
  if (journey === null) return ''
  const { trial } = journey
  const total = Object.values(trial.spent.processor).reduce((sum, time) => sum + time, 0)
  return section(`The full journey at ${trial.rate}/s, couriers moving every 3 s (ms)`, [
    ['', 'p50', 'p95', 'p99', 'max'],
    ['due to PAID', ...all(trial.journey)],
    ['due to COMPLETED', ...all(trial.to_completed)],
    ['completed', `${trial.completed}/${trial.sent}`],
    ['processor, ms each', figure(total / trial.sent)],
  ])
}

const profileOf = ({ profile }: BenchReport) => {
  if (profile === null) return ''
  const rows = (hot: Profile['functions']) =>
    hot.slice(0, 25).map(({ what, share, ms: time }) => [`${(share * 100).toFixed(1)} %`, `${time} ms`, what])
  return [
    section(`Services at ${profile.rate}/s, by package (${profile.file})`, rows(profile.packages)),
    section('The same by function, own time', rows(profile.functions)),
  ].join('\n')
}

/** Where the time of the highest sustained step went: says what to make cheaper. */
const limitOf = ({ steps, sustained, conditions }: BenchReport) => {
  const step = steps.findLast(({ rate }) => rate === sustained)
  if (step === undefined) return 'No rate was sustained.'
  const parts = Object.entries(step.spent.processor)
  const total = parts.reduce((sum, [, time]) => sum + time, 0)
  const most = parts.sort(([, one], [, other]) => other - one).slice(0, 3)
  const list = most.map(([name, time]) => `${name} ${Math.round((time / total) * 100)} %`).join(', ')
  const { ours, others } = step.during.processors
  return (
    `There it used ${figure(ours)} of ${conditions.processors} processors (others ${figure(others)}): ${list}; ` +
    `the disk was flushed ${perSecond(step.during)} times a second.`
  )
}

/** A machine that had other work to do makes every figure here a lower bound. */
const warningOf = ({ steps, latency }: BenchReport) => {
  const others = [...steps, ...latency].map(({ during }) => during.processors.others ?? 0)
  const most = Math.max(...others)
  return most < 0.3
    ? ''
    : `\nOther programs used up to ${figure(most)} processors meanwhile: these figures are a floor.`
}

const after = ({ caught_up_ms, behind }: Trial) => {
  const waiting = Object.entries(behind).map(([name, count]) => `${name} ${count}`)
  return waiting.length === 0 ? 'within 2 s' : `${ms(caught_up_ms)} (${waiting.join(', ')})`
}

const reasonOf = ({ refused }: Trial) => {
  const [answer, count] = Object.entries(refused)[0] ?? []
  return answer === undefined ? '' : `: ${count} × ${answer}`
}

const all = ({ p50, p95, p99, max }: Quantiles) => [p50, p95, p99, max].map(ms)
const ms = (value: number) => (Number.isFinite(value) ? String(Math.round(value)) : 'never')
const perSecond = ({ counts, milliseconds }: Spent) =>
  figure(((counts[flushCount] ?? Number.NaN) * 1000) / milliseconds)
const figure = (value: number | null) => (value === null ? '?' : value.toFixed(value < 10 ? 2 : 0))

const section = (title: string, rows: string[][]) => {
  const widths = rows.reduce<number[]>((widest, row) => {
    row.forEach((cell, index) => {
      if (index < row.length - 1) widest[index] = Math.max(widest[index] ?? 0, cell.length)
    })
    return widest
  }, [])
  const lines = rows.map((row) => `  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  ')}`.trimEnd())
  return `\n${title}\n${lines.join('\n')}`
}
