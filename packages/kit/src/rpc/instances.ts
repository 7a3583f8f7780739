// Who answers on the NATS services API, and what each has answered since its start: as server.ts tells it.
import type { ServiceStats } from '@nats-io/services'
import type { NatsConnection } from '@nats-io/transport-node'
import type { CallCounts } from './server.ts'

/** One instance of a service; `endpoints`: what it answers, by subject. One that answers nothing is an instance all the same. */
export type Instance = {
  readonly service: string
  readonly id: string
  readonly version: string
  readonly started_at: string
  readonly endpoints: readonly (CallCounts & { readonly subject: string })[]
}

/** How long nobody must have answered until all have, and how long it may take, in milliseconds. */
const patience = { stall: 300, maxWait: 2000 }

/** Every instance that answers within moments. Needs to publish `$SRV.STATS`. */
export const readInstances = async (connection: NatsConnection): Promise<Instance[]> => {
  const found: Instance[] = []
  const answers = await connection.requestMany('$SRV.STATS', '', { strategy: 'stall', ...patience })
  for await (const message of answers) {
    const { name, id, version, started, endpoints = [] } = message.json<ServiceStats>()
    found.push({ service: name, id, version, started_at: started, endpoints: endpoints.map(countsOf) })
  }
  return found
}

type Endpoint = NonNullable<ServiceStats['endpoints']>[number]

/** One of another version may not count by itself: then what the services API counts stands in, whose times are too short. */
const countsOf = ({ subject, num_requests, num_errors, processing_time, data }: Endpoint) => {
  const own = data as CallCounts | undefined
  return { subject, ...(own ?? { answered: num_requests, failed: num_errors, processing_ms: processing_time / 1e6 }) }
}
