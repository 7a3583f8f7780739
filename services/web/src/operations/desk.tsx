// The operations desk: the way around it, and which page stands at which address below /operations.
import { lazy, Suspense, useLayoutEffect, useRef } from 'react'
import { NavLink, Route, Routes } from 'react-router'
import { NotFound } from '../layout/not-found.tsx'
import { Skeleton } from '../ui/notice.tsx'
import style from './desk.module.css'
import { useWords } from './words.ts'

const OverviewPage = lazy(() => import('./overview/overview-page.tsx'))
const StreamsPage = lazy(() => import('./streams/streams-page.tsx'))
const StreamPage = lazy(() => import('./streams/stream-page.tsx'))
const LettersPage = lazy(() => import('./dead-letters/letters-page.tsx'))
const LetterPage = lazy(() => import('./dead-letters/letter-page.tsx'))
const OrdersPage = lazy(() => import('./orders/orders-page.tsx'))
const TracePage = lazy(() => import('./orders/trace-page.tsx'))
const AuditPage = lazy(() => import('./audit/audit-page.tsx'))
const VerifyPage = lazy(() => import('./audit/verify-page.tsx'))
const ReplaysPage = lazy(() => import('./replays/replays-page.tsx'))
const PlanPage = lazy(() => import('./replays/plan-page.tsx'))
const LivePage = lazy(() => import('./live/live-page.tsx'))

export default function Desk() {
  return (
    <div className={style.desk}>
      <Tabs />
      <Suspense fallback={<Skeleton count={3} height={6} />}>
        <Routes>
          <Route index element={<OverviewPage />} />
          <Route path="streams" element={<StreamsPage />} />
          <Route path="streams/:stream" element={<StreamPage />} />
          <Route path="dead-letters" element={<LettersPage />} />
          <Route path="dead-letters/:sequence" element={<LetterPage />} />
          <Route path="orders" element={<OrdersPage />} />
          <Route path="orders/:orderId" element={<TracePage />} />
          <Route path="audit" element={<AuditPage />} />
          <Route path="audit/verify" element={<VerifyPage />} />
          <Route path="replays" element={<ReplaysPage />} />
          <Route path="replays/new" element={<PlanPage />} />
          <Route path="live" element={<LivePage />} />
          <Route path="*" element={<NotFound />} />
        </Routes>
      </Suspense>
    </div>
  )
}

const tabs = [
  ['overview', '/operations'],
  ['streams', '/operations/streams'],
  ['letters', '/operations/dead-letters'],
  ['orders', '/operations/orders'],
  ['audit', '/operations/audit'],
  ['replays', '/operations/replays'],
  ['live', '/operations/live'],
] as const

const Tabs = () => {
  const { nav } = useWords()
  const list = useRef<HTMLElement>(null)
  // On a phone they are a strip that scrolls: the one that is open must be in sight.
  useLayoutEffect(() => {
    const open = list.current?.querySelector<HTMLElement>('[aria-current]')
    if (open && list.current)
      list.current.scrollLeft = open.offsetLeft - (list.current.clientWidth - open.offsetWidth) / 2
  }, [])
  return (
    <nav ref={list} className={style.tabs} aria-label={nav.label}>
      {tabs.map(([name, to]) => (
        <NavLink key={name} to={to} end={name === 'overview'} className={style.tab}>
          {nav[name]}
        </NavLink>
      ))}
    </nav>
  )
}
