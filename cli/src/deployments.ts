// The Deployments that run DeliveryFlow itself: every service, and the pages. What they stand on is not among them.
import { services } from '@deliveryflow/contracts'

/** The web server of the pages: no service, so neither NATS nor the contracts know it. */
export const pages = 'web'

/** The names of all, which are those of their logs too. */
export const deployments: readonly string[] = [...services.map(({ name }) => name), pages]
