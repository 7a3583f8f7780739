// The HTTP API as a collection of requests for Postman, Bruno and Insomnia (Postman collection format 2.1). Run from top to bottom it is a
// customer's journey and an administrator's day, in which every request succeeds.
//
// Not by openapi-to-postmanv2 (well kept; 40 MB, 85 packages): requests come out in the order of paths, with invented bodies and without
// scripts. What makes a collection useful, who signs in and what is handed on, would have to be written over its output.
import { bodyExamples } from '../src/examples.ts'
import { type HttpOperation, httpDomains, openApiDocument, problems, problemsOf, topology } from '../src/index.ts'
import { type Step, steps } from './collection-steps.ts'

const variables = {
  baseUrl: 'http://localhost:8080',
  mailUrl: 'http://localhost:8025',
  password: 'a long passphrase',
  new_password: 'another long passphrase',
  admin_email: 'admin@deliveryflow.example',
  admin_password: '',
  /** Filled by scripts. */
  ...{ email: '', token: '', refresh_token: '', admin_token: '', letter_token: '' },
  ...{ by_hand: '', job: '' },
  ...{ user_id: '', product_id: '', order_id: '', delivery_id: '', next_status: '', sequence: '' },
}

/** The collection as plain data. Throws when a step names an operation that there is not. */
export const collection = () => ({
  info: {
    name: 'DeliveryFlow',
    description: [
      'Every operation of the HTTP API. Run it from top to bottom, or send what you like: signing in keeps the token, and ids are taken from',
      'the answers that bring them. Set `admin_password` (a local run has it in `.deliveryflow/default/service-secrets.json`) for what only',
      'administrators may do; the two letters are looked up in the mail catcher of a local run (`mailUrl`).',
    ].join(' '),
    schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
  },
  auth: bearer('token'),
  variable: Object.entries(variables).map(([key, value]) => ({ key, value })),
  item: folders().map(([domain, requests]) => ({
    name: domain,
    description: topology[domain as keyof typeof topology].about,
    item: requests.map(request),
  })),
})

/** The folders with their steps: those that are named, then what is left of the domain. */
const folders = (): [string, Step[]][] => {
  const named = new Set<string>(Object.values(steps).flatMap((list) => list.map(({ id }) => id)))
  const domains = [...new Set([...Object.keys(steps), ...Object.keys(httpDomains)])]
  return domains.map((domain) => {
    const left = (httpDomains[domain] ?? []).filter(({ id }) => !named.has(id)) as { id: Step['id'] }[]
    return [domain, [...(steps[domain] ?? []), ...left.map(({ id }) => ({ id }))]]
  })
}

const operations = new Map<string, HttpOperation>(
  Object.values(httpDomains).flatMap((list) => list.map((operation) => [operation.id, operation] as const)),
)
const documented = openApiDocument().paths

const request = (step: Step) => {
  const operation = operations.get(step.id)
  if (!operation) return letterRequest(step)
  const { id, method, path, access, status } = operation
  const summary = String(documented[path]?.[method]?.summary)
  const example = step.body ?? bodyExamples[id as keyof typeof bodyExamples]
  return {
    name: step.name ?? summary,
    event: scripts(step, step.refused?.status ?? status),
    request: {
      method: method.toUpperCase(),
      ...(access === 'public'
        ? { auth: { type: 'noauth' } }
        : access === 'user'
          ? {}
          : { auth: bearer('admin_token') }),
      header: [...(example ? [{ key: 'Content-Type', value: 'application/json' }] : []), ...headersOf(operation, step)],
      url: urlOf(operation, step),
      ...(example && { body: { mode: 'raw', raw: rawOf(example), options: { raw: { language: 'json' } } } }),
      description: describe(operation, step),
    },
    response: [],
  }
}

const letterRequest = (step: Step) => ({
  name: step.name,
  event: scripts(step, 200),
  request: {
    method: 'GET',
    auth: { type: 'noauth' },
    header: [],
    url: {
      raw: '{{mailUrl}}/api/letters?to={{email}}',
      host: ['{{mailUrl}}'],
      path: ['api', 'letters'],
      query: [{ key: 'to', value: '{{email}}' }],
    },
    description:
      'What the mail catcher of a local run has caught. Elsewhere: put the code of the letter into `letter_token`.',
  },
  response: [],
})

const bearer = (variable: string) => ({
  type: 'bearer',
  bearer: [{ key: 'token', value: `{{${variable}}}`, type: 'string' }],
})

type Parameter = { name: string; in: string; schema: { description?: string; pattern?: string; enum?: string[] } }

const parametersOf = ({ path, method }: HttpOperation, place: string) =>
  ((documented[path]?.[method]?.parameters ?? []) as Parameter[]).filter((parameter) => parameter.in === place)

const headersOf = (operation: HttpOperation, { headers = {} }: Step) =>
  parametersOf(operation, 'header').map(({ name, schema: { description, pattern } }) => ({
    key: name,
    value: headers[name] ?? headerExamples[name] ?? '',
    ...(headers[name] === undefined && { disabled: true }),
    ...((description ?? pattern) && { description: description ?? pattern }),
  }))

const headerExamples: Record<string, string> = { 'Idempotency-Key': '{{$guid}}', Prefer: 'wait=10' }

const urlOf = (operation: HttpOperation, { params = {} }: Step) => {
  const path = operation.path.slice(1).replaceAll(/\{(\w+)\}/g, ':$1')
  const query = parametersOf(operation, 'query').map(({ name, schema }) => ({
    key: name,
    value: '',
    disabled: true,
    ...((schema.description ?? schema.enum) && { description: schema.description ?? schema.enum?.join(', ') }),
  }))
  const variable = parametersOf(operation, 'path').map(({ name }) => ({
    key: name,
    value: params[name] ?? `{{${name}}}`,
  }))
  return {
    raw: `{{baseUrl}}/${path}`,
    host: ['{{baseUrl}}'],
    path: path.split('/'),
    ...(query.length > 0 && { query }),
    ...(variable.length > 0 && { variable }),
  }
}

/** A body with the ids that earlier answers brought; a number in the place of a variable stands without quotes. */
const rawOf = (example: unknown) =>
  JSON.stringify(example, (key, value) => (key === 'product_id' ? '{{product_id}}' : value), 2).replaceAll(
    '"{{sequence}}"',
    '{{sequence}}',
  )

const describe = (operation: HttpOperation, { refused, by_hand }: Step) => {
  const { about, access, status } = operation
  const refusals = problemsOf(operation).map((code) => `${problems[code].status} \`${code}\``)
  return [
    about,
    ...(access === 'public' ? ['Without signing in.'] : access === 'user' ? [] : [`Role: ${access}.`]),
    `Answers ${status}; may refuse with ${refusals.join(', ')}.`,
    ...(by_hand ? [`Skipped when the collection is run, unless the variable \`by_hand\` is set: ${by_hand}`] : []),
    ...(refused ? [`Here it answers ${refused.status}: ${refused.why}`] : []),
  ].join('\n\n')
}

const scripts = (step: Step, status: number) => [
  ...(step.before ? [script('prerequest', step.before)] : []),
  ...(step.by_hand ? [script('prerequest', unlessByHand)] : []),
  script('test', afterwards(step, status)),
]

const unlessByHand = ["if (!pm.collectionVariables.get('by_hand')) pm.execution.skipRequest()"]

const script = (listen: string, exec: readonly string[]) => ({ listen, script: { type: 'text/javascript', exec } })

const afterwards = ({ takes = {}, while: again }: Step, status: number): string[] => {
  const needed = Object.keys(takes).length > 0 || again !== undefined
  const judged = [
    `pm.test('answers ${status}', () => pm.response.to.have.status(${status}))`,
    ...Object.entries(takes).map(([name, value]) => `pm.collectionVariables.set('${name}', ${value})`),
  ]
  const answer = ["const answer = pm.response.headers.get('Content-Type')?.includes('json') ? pm.response.json() : {}"]
  if (again === undefined) return needed ? [...answer, ...judged] : judged
  return [
    ...answer,
    'const code = pm.response.code',
    "const tries = Number(pm.collectionVariables.get('tries') || 0)",
    `if (${again} && tries < 100) {`,
    '  // Not yet: asked again in a moment, when the collection is run.',
    "  pm.collectionVariables.set('tries', tries + 1)",
    '  pm.execution.setNextRequest(pm.info.requestName)',
    '  setTimeout(() => {}, 200)',
    '} else {',
    "  pm.collectionVariables.set('tries', 0)",
    ...judged.map((line) => `  ${line}`),
    '}',
  ]
}
