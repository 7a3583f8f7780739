// The OpenAPI 3.1 document of the gateway, built from the HTTP operations. Serving it, or writing it as YAML, is others' work.
import { auditHttp } from './audit.ts'
import { catalogHttp } from './catalog.ts'
import { deliveryHttp } from './delivery.ts'
import type { HttpOperation } from './http.ts'
import { identityHttp } from './identity.ts'
import { monitoringHttp } from './monitoring.ts'
import { operationWriter } from './openapi-operation.ts'
import { operationalPaths } from './openapi-operational.ts'
import { operationsHttp } from './operations.ts'
import { orderHttp } from './order.ts'
import { paymentHttp } from './payment.ts'
import { profileHttp } from './profile.ts'
import { replayHttp } from './replay.ts'
import { reviewHttp } from './review.ts'
import { sagaHttp } from './saga.ts'
import { topology } from './topology.ts'

/** An OpenAPI 3.1 document, as far as its readers here look into it. */
export type OpenApiDocument = {
  openapi: string
  paths: Record<string, Record<string, Record<string, unknown>>>
  components: Record<'schemas' | 'responses' | 'securitySchemes', Record<string, unknown>>
} & Record<string, unknown>

/** The tags: each domain with its operations. */
export const httpDomains: Record<string, readonly HttpOperation[]> = {
  identity: identityHttp,
  profile: profileHttp,
  catalog: catalogHttp,
  payment: paymentHttp,
  order: orderHttp,
  delivery: deliveryHttp,
  review: reviewHttp,
  saga: sagaHttp,
  audit: [...auditHttp, ...replayHttp],
  operations: [...operationsHttp, ...monitoringHttp],
} satisfies Partial<Record<keyof typeof topology, readonly HttpOperation[]>>

/** The whole document, as a value that can be sent as JSON. `server`: the base URL that a reader should call. */
export const openApiDocument = (server = 'http://localhost:8080'): OpenApiDocument => {
  const writer = operationWriter()
  const paths: OpenApiDocument['paths'] = {}
  for (const [tag, operations] of Object.entries(httpDomains)) {
    for (const operation of operations) {
      paths[operation.path] = { ...paths[operation.path], [operation.method]: writer.write(operation, tag) }
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'DeliveryFlow',
      version: '1.0.0',
      summary: 'Order, pay, follow the delivery, review.',
      description: [
        'Fields are snake_case; times are RFC 3339 in UTC (`2026-01-31T12:00:00.000Z`); money is an integer in minor units',
        'with an ISO 4217 currency. Errors are problem documents (RFC 9457): branch on `code`, which keeps its meaning.',
        'Answers may gain fields: ignore what you do not know.',
      ].join('\n'),
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: server }],
    tags: [
      ...Object.keys(httpDomains).map((name) => ({ name, description: topology[name as keyof typeof topology].about })),
      { name: 'probes', description: 'For probes, metrics and tools.' },
    ],
    paths: { ...paths, ...operationalPaths },
    components: {
      ...writer.components,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The `access_token` that login and refresh answer.',
        },
      },
    },
  }
}
