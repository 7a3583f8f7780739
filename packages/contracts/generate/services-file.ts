// What the Helm chart of the services has to know of them, read off the topology. Images, replicas and limits are the chart's.
import {
  answersOf,
  consumersOf,
  databaseOf,
  databases,
  type ServiceTopology,
  type Store,
  services,
} from '../src/index.ts'

/** The Service in the cluster behind each kind of store, and its port: the same names with every profile of the backing. */
const places = {
  postgres: { name: 'postgres', port: 5432 },
  mongo: { name: 'mongodb', port: 27017 },
  redis: { name: 'redis', port: 6379 },
  smtp: { name: 'mail', port: 1025 },
} as const satisfies Record<Store, { name: string; port: number }>

const messaging = { name: 'nats', port: 4222 }

const names = (list: readonly { readonly subject: string }[]) => list.map(({ subject }) => subject)

/**
 * One service: its stores, who it hears and calls, its durable consumers (by whose lag it is scaled), and `connects`: the only
 * places its pods open connections to. Services talk through NATS, so no service connects to another.
 */
const entryOf = (service: ServiceTopology) => ({
  about: service.about,
  stores: service.owns,
  database: databaseOf(service),
  hears: names(service.hears),
  calls: names(service.calls),
  answers: names(answersOf(service)),
  consumers: consumersOf(service).map(({ stream, durable }) => ({ stream, durable })),
  connects: [messaging, ...service.owns.map((store) => places[store])],
})

/** The whole file as a value: every service by its name, and every database that has migrations, once. */
export const servicesFile = () => ({
  services: Object.fromEntries(services.map((service) => [service.name, entryOf(service)])),
  databases,
})
