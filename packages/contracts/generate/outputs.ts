// Every generated file with its text. Whether it is written or only compared is main.ts's choice.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { asyncApiDocument } from '../src/asyncapi.ts'
import { consumersOf, openApiDocument, permissionsOf, services } from '../src/index.ts'
import { apiTypes } from './api-types.ts'
import { collection } from './collection.ts'
import { flowOfMessages } from './flowchart.ts'
import { migrationsFile } from './migrations-file.ts'
import { natsValues } from './nats-values.ts'
import { servicesFile } from './services-file.ts'
import { topologyPage } from './topology-page.ts'

/** A file as it should be; `path` is relative to the repository. */
export type Output = { readonly path: string; readonly text: string }

/** What `outputs` found: the files, and what it had to leave out, with the reason. */
export type Outputs = { readonly files: readonly Output[]; readonly skipped: readonly string[] }

export const repository = fileURLToPath(new URL('../../..', import.meta.url))

const origin = 'Generated from packages/contracts/src by `npm run generate`. Do not edit.'

/** Builds every generated file; `root` is where README.md is read from. Throws when two schemas share an id. */
export const outputs = async (root: string): Promise<Outputs> => {
  const readme = withFlow(read(`${root}/README.md`))
  const natsUsers = permissions()
  return {
    files: [
      { path: 'docs/asyncapi.yaml', text: yaml(asyncApiDocument()) },
      { path: 'docs/openapi.yaml', text: yaml(openApiDocument()) },
      { path: 'docs/collection/deliveryflow.postman_collection.json', text: json(collection()) },
      { path: 'docs/topology.md', text: `<!-- ${origin} -->\n\n${topologyPage()}` },
      { path: 'packages/contracts/generated/nats-permissions.json', text: natsUsers },
      { path: 'packages/contracts/generated/migrations.json', text: json(migrationsFile(root)) },
      { path: 'services/web/src/generated/api.ts', text: `// ${origin}\n${await apiTypes()}` },
      // Helm reads no file outside of its chart.
      { path: 'charts/backing/generated/nats-permissions.json', text: natsUsers },
      { path: 'charts/backing/generated/nats-values.yaml', text: yaml(natsValues()) },
      { path: 'charts/backing/generated/services.yaml', text: yaml(servicesFile()) },
      { path: 'charts/deliveryflow/generated/services.yaml', text: yaml(servicesFile()) },
      ...(readme === undefined ? [] : [{ path: 'README.md', text: readme }]),
    ],
    skipped:
      readme === undefined ? [`README.md: it has no lines ${markers.join(' and ')} to put the flow between`] : [],
  }
}

/** Whether the file under `root` is missing or says something else. */
export const isStale = (root: string, { path, text }: Output): boolean => read(`${root}/${path}`) !== text

const markers = ['<!-- generated: flow -->', '<!-- /generated: flow -->'] as const

/** A page with the flowchart between its markers; undefined when there is no page or it has no such markers. */
export const withFlow = (page: string | undefined): string | undefined => {
  const [open, close] = markers
  const start = page?.indexOf(open) ?? -1
  const end = page?.indexOf(close, start) ?? -1
  if (page === undefined || start < 0 || end < 0) return undefined
  const chart = `\n<!-- ${origin} -->\n\n\`\`\`mermaid\n${flowOfMessages()}\n\`\`\`\n\n`
  return page.slice(0, start + open.length) + chart + page.slice(end)
}

const yaml = (document: unknown) =>
  `# ${origin}\n${stringify(document, { aliasDuplicateObjects: false, lineWidth: 120, singleQuote: true })}`

/** What the NATS configuration and the provisioning of the cluster need of each service. */
const permissions = () => {
  const users = services.map((service) => [
    service.name,
    { permissions: permissionsOf(service), consumers: consumersOf(service) },
  ])
  return json({ services: Object.fromEntries(users) })
}

const json = (document: object) => `${JSON.stringify({ $comment: origin, ...document }, null, 2)}\n`

const read = (path: string): string | undefined => {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
