// How far services are behind: what waits for their consumers and what they have in hand, as the monitoring pages of NATS say.
import { lookup } from 'node:dns/promises'
import { consumersOf, type ServiceTopology, services } from '@deliveryflow/contracts'
import { Failure, reasonOf } from '../failure.ts'
import { page } from '../health/nats.ts'

/** The account of the services, in the local run and in the charts. */
const account = 'APP'

type Jsz = {
  account_details?: {
    stream_detail?: {
      name: string
      consumer_detail?: {
        name: string
        num_pending: number
        num_ack_pending: number
        cluster?: { leader?: string }
      }[]
    }[]
  }[]
}

/** Messages by service; null where a consumer of it cannot be read now. A service that hears nothing is not in it. */
export type Lags = ReadonlyMap<string, number | null>

/**
 * The lag of every service that hears something: pending + in hand, over all its consumers. Each consumer's numbers are taken
 * from the server that leads it, for those of the others are old. `monitors`: base URLs by the names of the servers.
 */
export const readLags = async (monitors: ReadonlyMap<string, string>): Promise<Lags> => {
  const seen = new Map<string, number>()
  await Promise.all(
    [...monitors].map(async ([server, url]) => {
      const jsz = await page<Jsz>(`${url}/jsz?acc=${account}&consumers=true`).catch(() => null)
      for (const stream of (jsz?.account_details ?? []).flatMap(({ stream_detail }) => stream_detail ?? []))
        for (const { name, num_pending, num_ack_pending, cluster } of stream.consumer_detail ?? [])
          if ((cluster?.leader ?? server) === server) seen.set(`${stream.name}/${name}`, num_pending + num_ack_pending)
    }),
  )
  return new Map(services.filter(hears).map((service) => [service.name, lagOf(service, seen)]))
}

const hears = ({ hears }: ServiceTopology) => hears.length > 0

const lagOf = (service: ServiceTopology, seen: ReadonlyMap<string, number>): number | null =>
  consumersOf(service).reduce<number | null>((sum, { stream, durable }) => {
    const lag = seen.get(`${stream}/${durable}`)
    return sum === null || lag === undefined ? null : sum + lag
  }, 0)

/** The servers behind one monitoring address, such as that of a headless Service, by the names they give themselves. */
export const monitorsAt = async (address: string): Promise<Map<string, string>> => {
  const url = new URL(address)
  const hosts = await lookup(url.hostname, { all: true }).catch((error: unknown) => {
    throw new Failure('unhealthy', `The address of ${address} cannot be found`, { why: reasonOf(error), cause: error })
  })
  const found = await Promise.all(
    hosts.map(async ({ address: host, family }) => {
      const base = `${url.protocol}//${family === 6 ? `[${host}]` : host}:${url.port || 8222}`
      const varz = await page<{ server_name: string }>(`${base}/varz`).catch(() => null)
      return varz ? ([[varz.server_name, base]] as const) : []
    }),
  )
  return new Map(found.flat())
}
