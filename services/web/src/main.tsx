// Begins the page: preferences, the cache of answers, the session of the cookie, and the routes.
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { mayHeal } from './api/problem.ts'
import { mine } from './api/queries.ts'
import { accessToken, useSession } from './api/session.ts'
import { Routes } from './routes.tsx'
import './styles.css'
import { applyPreferences } from './text/preferences.ts'

applyPreferences()

const cache = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 10_000, retry: (failures, error) => failures < 3 && mayHeal(error) },
    mutations: { networkMode: 'always' },
  },
})

// What one user saw is nobody else's.
useSession.subscribe(({ user }, before) => {
  if (user?.user_id !== before.user?.user_id) cache.removeQueries({ queryKey: [mine] })
})

void accessToken().catch(() => undefined) // Without an answer now, the first question that needs it asks again.

const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={cache}>
      <BrowserRouter>
        <Routes />
      </BrowserRouter>
    </QueryClientProvider>
  </StrictMode>,
)
