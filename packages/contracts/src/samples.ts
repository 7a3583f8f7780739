// An example of what a JSON Schema describes, for documents: told by the names of its fields, so that it reads like the real thing.
import type { JsonSchema } from './json-schema.ts'

const id = (last: string) => `0199a0c8-7d31-7c10-9b1e-6f0d5a2c4e${last}`

/** What a field of this name holds: the first of these that fits its schema. */
const samples: Readonly<Record<string, readonly (string | number)[]>> = {
  product_id: [id('01')],
  user_id: [id('02')],
  order_id: [id('03')],
  payment_id: [id('04')],
  delivery_id: [id('05')],
  courier_id: [id('06')],
  review_id: [id('07')],
  event_id: [id('08')],
  causation_id: [id('09')],
  correlation_id: [id('03')],
  aggregate: [id('03')],
  action_id: [id('0a')],
  job: [id('0b')],
  by: [id('0c')],
  name: ['Ada Lovelace', '0000000000000001-0000000000000500.ndjson.gz'],
  email: ['ada@example.com'],
  password: ['a long passphrase'],
  phone: ['+49 30 1234567'],
  address: ['Unter den Linden 1, 10117 Berlin'],
  delivery_address: ['Unter den Linden 1, 10117 Berlin'],
  description: ['Porcelain, 80 ml.'],
  text: ['Just the right size.'],
  note: ['Picked up at the depot.'],
  amount: [2500],
  balance: [50_000],
  price: [1250],
  currency: ['EUR'],
  quantity: [2],
  requested: [2],
  rating: [5],
  average: [4.5],
  available: [1],
  expires_in: [900],
  limit: [20],
  cursor: ['42', `1770000000000000_${id('03')}`],
  next_cursor: ['42'],
  q: ['tea'],
  letter_key: [`order_paid:${id('03')}`],
  idempotency_key: ['cart 7'],
  reason: ['The price was mended in the catalog.'],
  access_token: ['eyJhbGciOiJFZERTQSIsInR5cCI6ImF0K2p3dCJ9.…'],
  refresh_token: ['v1.rT5…'],
  token: ['k3Jx…'],
  kid: ['2026-01'],
  kty: ['OKP'],
  keys: ['-----BEGIN PUBLIC KEY-----…'],
  type: ['order_created'],
  types: ['order_created'],
  source: ['order'],
  service: ['payment'],
  stream: ['EVENTS'],
  subject: ['events.order_created'],
  projection: ['order-history'],
  fact: ['order_created'],
  error: ['Terminal: The data do not fit order_created.'],
  stack: ['Terminal: The data do not fit order_created.\n    at decode …'],
  sha256: ['9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08'],
  segment: ['{"format": …}\n…'],
  body: ['e30='],
}

/**
 * An example that the schema admits: of an enumeration or a union the first member that is not null, of a list one item.
 * `components`: what `#/components/schemas/…` refers to. `name`: the field that it is for.
 */
export const sampleOf = (schema: JsonSchema, components: Readonly<Record<string, JsonSchema>>, name = ''): unknown => {
  const inner = (part: JsonSchema, of = name) => sampleOf(part, components, of)
  if (schema.$ref) return inner(components[schema.$ref.replace('#/components/schemas/', '')] ?? {})
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  const variant = (schema.anyOf ?? schema.oneOf)?.find(({ type }) => type !== 'null') ?? schema.allOf?.[0]
  if (variant) return inner(variant)
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type
  switch (type) {
    case 'object': {
      const fields = Object.entries(schema.properties ?? {})
      return Object.fromEntries(fields.map(([field, part]) => [field, inner(part as JsonSchema, field)]))
    }
    case 'array': {
      if (Array.isArray(schema.items)) return schema.items.map((part) => inner(part as JsonSchema))
      return [inner(schema.items as JsonSchema, name in samples ? name : name.replace(/s$/, ''))]
    }
    case 'boolean':
      return schema.default ?? true
    case 'integer':
    case 'number':
      return fitting(schema, name, 'number') ?? schema.default ?? Math.max(1, schema.minimum ?? 1)
    case 'string':
      return fitting(schema, name, 'string') ?? formats[schema.format ?? '']?.[1] ?? name.replaceAll('_', ' ')
    default:
      return {}
  }
}

const fitting = ({ format, pattern }: JsonSchema, name: string, type: 'number' | 'string') => {
  const admitted = format ? (formats[format]?.[0] ?? /^$/) : new RegExp(pattern ?? '')
  return samples[name]?.find((sample) => typeof sample === type && admitted.test(String(sample)))
}

/** What a text of a format looks like, and one of it. */
const formats: Readonly<Record<string, readonly [RegExp, string]>> = {
  uuid: [/^[0-9a-f-]{36}$/, id('00')],
  email: [/@/, 'ada@example.com'],
  base64: [/^[\w+/]+=*$/, 'e30='],
  'date-time': [/^\d{4}-.*Z$/, '2026-01-31T12:00:00.000Z'],
}
