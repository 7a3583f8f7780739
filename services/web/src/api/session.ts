// Who is signed in. The access token lives in this page's memory alone; the refresh token in a cookie that no script can read.
import { create } from 'zustand'
import type { Session } from './session-calls.ts'
import { endSession, renewSession, startSession } from './session-calls.ts'

export type User = { readonly user_id: string; readonly role: 'customer' | 'courier' | 'admin' }

type State = {
  /** `unknown` until the first renewal was answered. */
  status: 'unknown' | 'anonymous' | 'signed-in'
  user: User | null
  /** A session that ended by itself: the pages say so where one must sign in again. */
  expired: boolean
}

/** Says that there is a session to renew, to this page after a reload and to /docs. It holds no secret. */
const hint = 'df.session'

export const useSession = create<State>(() => ({
  status: localStorage.getItem(hint) ? 'unknown' : 'anonymous',
  user: null,
  expired: false,
}))

let token: { text: string; expires_at: number } | null = null

const others = new BroadcastChannel('df-session')

/** How long before its end a token is renewed, in milliseconds. */
const ahead = 30_000

const begin = ({ access_token, expires_in }: Session): string => {
  token = { text: access_token, expires_at: Date.now() + expires_in * 1000 }
  localStorage.setItem(hint, '1')
  useSession.setState({ status: 'signed-in', user: userOf(access_token), expired: false })
  return access_token
}

const forget = (expired: boolean): void => {
  token = null
  localStorage.removeItem(hint)
  useSession.setState({ status: 'anonymous', user: null, expired })
}

/** The user that an access token names (RFC 7519: its second part is JSON in base64url). It is the API that verifies it. */
const userOf = (access_token: string): User => {
  const [, claims = ''] = access_token.split('.')
  const { sub, role } = JSON.parse(atob(claims.replaceAll('-', '+').replaceAll('_', '/')))
  return { user_id: sub, role }
}

export const signIn = async (email: string, password: string): Promise<void> => {
  begin(await startSession(email, password))
  others.postMessage('begun')
}

export const signOut = async (): Promise<void> => {
  await endSession()
  forget(false)
  others.postMessage('ended')
}

let renewing: Promise<string | null> | undefined

/** A token that holds for a while, or null when nobody is signed in. Throws `Unreachable` when it cannot be renewed now. */
export const accessToken = async (): Promise<string | null> => {
  if (token && token.expires_at - ahead > Date.now()) return token.text
  if (!localStorage.getItem(hint)) return null
  return renewedToken()
}

/** A new token, whatever the present one is good for. Only one renewal is under way, whichever tab asks: each spends the cookie. */
export const renewedToken = (): Promise<string | null> => {
  renewing ??= navigator.locks
    .request('df-session', async () => {
      const session = await renewSession()
      if (session) return begin(session)
      forget(true)
      return null
    })
    .finally(() => {
      renewing = undefined
    })
  return renewing
}

// Another tab signed in or out: this one follows.
others.onmessage = ({ data }) => {
  if (data === 'begun') void renewedToken().catch(() => undefined)
  if (data === 'ended') forget(false)
}
