// The endpoints of the gateway that are not business: probes, metrics and the documents, as OpenAPI paths.

const endpoint = (operationId: string, summary: string, responses: Record<string, unknown>) => ({
  get: { operationId, tags: ['operations'], summary, security: [], responses },
})

const answer = (description: string, media: string, schema: Record<string, unknown>) => ({
  description,
  content: { [media]: { schema } },
})

const text = { type: 'string' }
const object = { type: 'object' }

/** What probes, scrapers and readers call; outside of `/api`. */
export const operationalPaths = {
  '/healthz': endpoint('healthz', 'Whether the process lives', {
    200: answer('It lives.', 'application/json', object),
  }),
  '/readyz': endpoint('readyz', 'Whether requests can be served', {
    200: answer('Ready.', 'application/json', object),
    503: answer('Not ready; says which dependency is not.', 'application/json', object),
  }),
  '/metrics': endpoint('metrics', 'Metrics for Prometheus', {
    200: answer('The metrics.', 'text/plain', text),
  }),
  '/openapi.json': endpoint('openapi', 'This document', {
    200: answer('OpenAPI 3.1.', 'application/json', object),
  }),
  '/docs': endpoint('docs', 'This document as a page to try it', {
    200: answer('Swagger UI.', 'text/html', text),
  }),
  '/asyncapi.json': endpoint('asyncapi', 'What travels between the services', {
    200: answer('AsyncAPI 3.0.', 'application/json', object),
  }),
  '/docs/events': endpoint('docsOfEvents', 'What travels between the services, as a page', {
    200: answer('Every event, command, job and call: who sends it, who hears it, what it holds.', 'text/html', text),
  }),
}
