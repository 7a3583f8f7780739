// A JSON Schema as a table for people: a row for each field, by its path, with its type, what holds of it and what it means.
import type { JsonSchema } from '@deliveryflow/contracts/json-schema'
import { type Html, html } from './html.ts'

export type Components = Readonly<Record<string, JsonSchema>>

/** `path`: as it is read, such as `items[].price.amount`; empty for the whole. `when`: a heading over the fields of one of several forms. */
export type Row = { path: string; type: string; rules: string[]; about: string; when?: string }

/** The rows of a schema, each field before those within it. `components`: what its references mean. */
export const rowsOf = (schema: JsonSchema, components: Components): Row[] => {
  const rows: Row[] = []

  const add = (path: string, given: JsonSchema, required: boolean | undefined) => {
    const { part, named, nullable } = resolved(given, components)
    const presence = required === undefined ? [] : [required ? 'required' : 'optional']
    rows.push({
      path,
      type: `${named ?? typeOf(part, components)}${nullable ? ' or null' : ''}`,
      rules: [...presence, ...rulesOf(part)],
      about: given.description ?? part.description ?? '',
    })
    within(path, part)
  }

  /** The fields of an object, of the items of a list, and of each form that it may have. */
  const within = (path: string, part: JsonSchema) => {
    for (const [name, field] of Object.entries(part.properties ?? {}))
      add(path ? `${path}.${name}` : name, field as JsonSchema, part.required?.includes(name) ?? false)
    if (part.items && !Array.isArray(part.items)) {
      const { part: item } = resolved(part.items as JsonSchema, components)
      if (item.properties || item.oneOf) within(`${path}[]`, item)
    }
    for (const form of part.oneOf ?? []) {
      rows.push({ path, type: '', rules: [], about: '', when: tagOf(form as JsonSchema) })
      within(path, form as JsonSchema)
    }
  }

  const { part } = resolved(schema, components)
  if (part.type === 'object' || part.oneOf) within('', part)
  else add('', schema, undefined)
  return rows
}

/** What stands behind references and behind "this or null". */
const resolved = (given: JsonSchema, components: Components) => {
  const forms = given.anyOf?.filter(({ type }) => type !== 'null')
  const nullable = given.anyOf !== undefined && forms?.length !== given.anyOf.length
  const inner = forms?.length === 1 ? (forms[0] ?? given) : given
  const reference = (inner.$ref ?? inner.allOf?.[0]?.$ref)?.replace('#/components/schemas/', '')
  return { part: (reference && components[reference]) || inner, named: reference, nullable }
}

const typeOf = (part: JsonSchema, components: Components): string => {
  if (part.oneOf) return 'one of several forms'
  if (part.const !== undefined) return JSON.stringify(part.const)
  if (part.items) {
    if (Array.isArray(part.items))
      return `[${part.items.map((item) => typeOf(item as JsonSchema, components)).join(', ')}]`
    const { part: item, named } = resolved(part.items as JsonSchema, components)
    return `list of ${named ?? typeOf(item, components)}`
  }
  const types = part.type === undefined ? ['anything'] : [part.type].flat()
  return types.map((type) => (type === 'string' && part.format ? `string (${part.format})` : type)).join(' or ')
}

const rulesOf = (part: JsonSchema): string[] => {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems } = part
  return [
    part.enum && `one of ${part.enum.join(', ')}`,
    range(minimum, maximum, ''),
    range(minLength, maxLength, 'characters'),
    range(minItems, maxItems, 'items'),
    part.pattern && `matches ${part.pattern}`,
    part.default !== undefined && `default ${JSON.stringify(part.default)}`,
    part.additionalProperties === false && 'no other fields',
  ].filter((rule) => typeof rule === 'string')
}

const range = (least: number | undefined, most: number | undefined, of: string) => {
  if (least === undefined && most === undefined) return undefined
  const number = (value = 0) => value.toLocaleString('en')
  const bounds =
    least === undefined
      ? `at most ${number(most)}`
      : most === undefined
        ? `at least ${number(least)}`
        : least === most
          ? number(least)
          : `${number(least)} to ${number(most)}`
  return of ? `${of}: ${bounds}` : bounds
}

/** What tells a form from the others: `kind = welcome`. */
const tagOf = ({ properties }: JsonSchema): string => {
  const tags = Object.entries(properties ?? {}).filter(([, field]) => typeof field === 'object' && field.const)
  return tags.map(([name, field]) => `${name} = ${(field as JsonSchema).const}`).join(', ')
}

/** The table, with its caption for those who cannot see where it stands. */
export const schemaTable = (caption: string, schema: JsonSchema, components: Components): Html => {
  const rows = rowsOf(schema, components)
  if (rows.length === 0) return html`<p>${caption}: an object without fields.</p>`
  return html`<table>
    <caption>${caption}</caption>
    <thead><tr><th scope="col">Field</th><th scope="col">What it holds</th></tr></thead>
    <tbody>${rows.map(row)}</tbody>
  </table>`
}

const row = ({ path, type, rules, about, when }: Row): Html => {
  if (when !== undefined)
    return html`<tr><th scope="rowgroup" colspan="2" class="form">${path && html`<code>${path}</code> `}with ${when}</th></tr>`
  const parent = path.slice(0, path.lastIndexOf('.') + 1)
  return html`<tr>
    <th scope="row"><code>${parent && html`<span class="parent">${parent}</span><wbr>`}${path.slice(parent.length) || '(the whole)'}</code></th>
    <td><span class="type">${type}</span>${rules.map((rule) => html`<span class="rule">${rule}</span>`)}${about && html`<p>${about}</p>`}</td>
  </tr>`
}
