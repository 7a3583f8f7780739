// JSON Schemas of the contracts, as documents show them: named schemas once, as components, and no noise.
import { z } from 'zod'

/** A JSON Schema as plain data. */
export type JsonSchema = z.core.JSONSchema.BaseSchema

/** AsyncAPI speaks draft-07, OpenAPI 3.1 speaks 2020-12. */
export type Dialect = 'draft-07' | 'draft-2020-12'

/** Turns schemas into JSON Schema and gathers the named ones (`.meta({ id })`) for `components.schemas`. */
export type SchemaWriter = {
  readonly components: Record<string, JsonSchema>
  /** `input`: what may be sent (defaults are optional); `output`: what comes back. Throws when one id has two meanings. */
  write(schema: z.ZodType, io: 'input' | 'output'): JsonSchema
}

const local = /^#\/(\$defs|definitions)\//

/** A writer for one document; references point to `#/components/schemas/<id>`. */
export const schemaWriter = (target: Dialect): SchemaWriter => {
  const components: Record<string, JsonSchema> = {}
  return {
    components,
    write(schema, io) {
      // Wrapped, so that a schema that has an id itself becomes a component too instead of standing at the root.
      const whole = z.toJSONSchema(z.object({ wrapped: schema }), { io, target, override })
      const { properties, $defs, definitions } = JSON.parse(JSON.stringify(whole), (key, value) =>
        key === '$ref' && typeof value === 'string' ? value.replace(local, '#/components/schemas/') : value,
      ) as JsonSchema
      for (const [id, definition] of Object.entries($defs ?? definitions ?? {})) {
        const known = components[id]
        if (known && JSON.stringify(known) !== JSON.stringify(definition)) {
          throw new Error(`Two different schemas have the id "${id}": give one of them another .meta({ id }).`)
        }
        components[id] = definition
      }
      return properties?.wrapped as JsonSchema
    },
  }
}

/**
 * Says in JSON Schema what the contract means and no more: an object of an answer may gain fields later, so it is not
 * closed unless it was declared strict; a format makes its pattern superfluous; the bounds of a double say nothing.
 */
const override = ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: JsonSchema }) => {
  const { def } = zodSchema._zod
  if (def.type === 'object' && def.catchall === undefined) delete jsonSchema.additionalProperties
  if (def.type === 'record') delete jsonSchema.propertyNames
  if (jsonSchema.format) delete jsonSchema.pattern
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
}
