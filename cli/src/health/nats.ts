// What the NATS servers say of themselves: their monitoring pages, and who is connected. Reads only.
import { reasonOf } from '../failure.ts'

/** One server; `reason` says why it is not `up`. Sizes are in bytes. */
export type NatsServer = {
  name: string
  up: boolean
  reason: string | null
  version: string | null
  connections: number
  storage: number
  storage_limit: number
  /** Who leads JetStream, as this server sees it; null when it sees nobody. */
  leader: string | null
  cluster_size: number
  /** The others as the leader sees them; empty on the others. */
  peers: { name: string; current: boolean }[]
  /** How many connections each user has to this server. */
  users: Record<string, number>
}

type Varz = { version: string; connections: number; jetstream?: { config?: { max_storage?: number } } }
type Jsz = {
  storage?: number
  meta_cluster?: {
    leader?: string
    cluster_size?: number
    replicas?: { name: string; current: boolean; offline?: boolean }[]
  }
}
type Connz = { connections: { authorized_user?: string }[] }

/** Asks every server by its monitoring port; one that does not answer is in the list too. `monitors`: base URLs by name. */
export const readServers = async (monitors: ReadonlyMap<string, string>): Promise<NatsServer[]> =>
  Promise.all([...monitors].map(([name, url]) => readServer(name, url)))

const readServer = async (name: string, url: string): Promise<NatsServer> => {
  try {
    const [varz, jsz, connz] = await Promise.all([
      page<Varz>(`${url}/varz`),
      page<Jsz>(`${url}/jsz`),
      page<Connz>(`${url}/connz?auth=1&limit=10000`),
    ])
    const { leader, cluster_size = 0, replicas = [] } = jsz.meta_cluster ?? {}
    return {
      name,
      up: true,
      reason: null,
      version: varz.version,
      connections: varz.connections,
      storage: jsz.storage ?? 0,
      storage_limit: varz.jetstream?.config?.max_storage ?? 0,
      leader: leader || null,
      cluster_size,
      peers:
        leader === name ? replicas.map((peer) => ({ name: peer.name, current: peer.current && !peer.offline })) : [],
      users: countBy(connz.connections.map(({ authorized_user }) => authorized_user ?? '')),
    }
  } catch (error) {
    const none = { version: null, connections: 0, storage: 0, storage_limit: 0, leader: null, cluster_size: 0 }
    return { name, up: false, reason: whyNoPage(error), ...none, peers: [], users: {} }
  }
}

/** One page of a server's monitoring port. Throws when it does not answer within 5 s. */
export const page = async <T>(url: string): Promise<T> => {
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) })
  if (!answer.ok) throw new Error(`${url} answers ${answer.status}`)
  return (await answer.json()) as T
}

const whyNoPage = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  return reasonOf(cause) || 'it refuses the connection'
}

const countBy = (words: readonly string[]): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(words, (word) => word)].map(([word, same]) => [word, same.length]))
