// Where each service lives. A service is loaded only when it is run.
import type { ServiceName } from '@deliveryflow/contracts'
import type { Service } from '@deliveryflow/kit'

type Loader = () => Promise<{ default: Service }>

/** The loader of every service, by its name. */
export const registry = {
  'api-gateway': () => import('./api-gateway/service.ts'),
  identity: () => import('./identity/service.ts'),
  profile: () => import('./profile/service.ts'),
  catalog: () => import('./catalog/service.ts'),
  inventory: () => import('./inventory/service.ts'),
  order: () => import('./order/service.ts'),
  payment: () => import('./payment/service.ts'),
  delivery: () => import('./delivery/service.ts'),
  saga: () => import('./saga/service.ts'),
  review: () => import('./review/service.ts'),
  'notification-planner': () => import('./notification/planner.ts'),
  'notification-worker': () => import('./notification/worker.ts'),
  'order-history': () => import('./order-history/service.ts'),
  audit: () => import('./audit/service.ts'),
  operations: () => import('./operations/service.ts'),
} as const satisfies Record<ServiceName, Loader>

/** Checks service names. Throws an error that names the unknown one and lists those there are. */
export const namesOf = (words: readonly string[]): ServiceName[] => {
  const known = (word: string): word is ServiceName => Object.hasOwn(registry, word)
  const unknown = words.find((word) => !known(word))
  if (words.length > 0 && unknown === undefined) return words.filter(known)
  const problem =
    unknown === undefined
      ? 'Name at least one service, or --all; in an image, SERVICE names it.'
      : `There is no service "${unknown}".`
  throw new Error(`${problem} The services: ${Object.keys(registry).join(', ')}.`)
}
