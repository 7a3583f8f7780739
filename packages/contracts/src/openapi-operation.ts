// One HTTP operation in the words of OpenAPI 3.1. The document around it is openapi.ts's.
import type { z } from 'zod'
import { bodyExamples } from './examples.ts'
import { type HttpOperation, problemsOf } from './http.ts'
import { type SchemaWriter, schemaWriter } from './json-schema.ts'
import { type ProblemCode, problemDocument, problems } from './problem.ts'

/** Turns operations into OpenAPI and gathers the schemas and responses they refer to. */
export type OperationWriter = {
  readonly components: { schemas: Record<string, unknown>; responses: Record<string, unknown> }
  /** The Operation Object, under one tag. Throws when two schemas share an id. */
  write(operation: HttpOperation, tag: string): Record<string, unknown>
}

/** A writer for one document. */
export const operationWriter = (): OperationWriter => {
  const schemas = schemaWriter('draft-2020-12')
  const problem = schemas.write(problemDocument, 'output')
  const responses: Record<string, unknown> = {}

  /** The answer for one status. A single code is the same everywhere, so it stands once in the components. */
  const refusal = (codes: ProblemCode[]) => {
    const schema = { allOf: [problem, { properties: { code: { enum: codes } } }] }
    const response = {
      description: codes.map((code) => `\`${code}\`: ${problems[code].title}.`).join(' '),
      content: { 'application/problem+json': { schema } },
    }
    const [code] = codes
    if (!code || codes.length > 1) return response
    responses[code] = response
    return { $ref: `#/components/responses/${code}` }
  }

  return {
    components: { schemas: schemas.components, responses },
    write(operation, tag) {
      const { id, about, access, body, status, response, media = 'application/json', rpc } = operation
      const role = access === 'public' || access === 'user' ? [] : [access]
      const [summary, ...rest] = about.split(/(?<=\.) /)
      const description = [...rest, ...role.map((name) => `Role: ${name}.`)].join(' ')
      const byStatus = Map.groupBy(problemsOf(operation), (code) => problems[code].status)
      const parameters = [
        ...parametersOf(operation.params, 'path', schemas),
        ...parametersOf(operation.query, 'query', schemas),
        ...parametersOf(operation.headers, 'header', schemas),
      ]
      return {
        operationId: id,
        tags: [tag],
        summary: summary?.replace(/\.$/, ''),
        ...(description && { description }),
        // OpenAPI 3.1 lets a requirement of a bearer scheme list roles.
        security: access === 'public' ? [] : [{ bearer: role }],
        ...(parameters.length > 0 && { parameters }),
        ...(body && { requestBody: bodyOf(id, body, schemas) }),
        responses: {
          [status]: {
            description: status === 201 ? 'Created.' : status === 202 ? 'Accepted.' : 'Done.',
            content: { [media]: { schema: schemas.write(response, 'output') } },
          },
          ...Object.fromEntries([...byStatus].map(([code, codes]) => [code, refusal(codes)])),
        },
        ...(rpc && { 'x-rpc': rpc.subject }),
      }
    },
  }
}

const bodyOf = (id: string, body: z.ZodObject, writer: SchemaWriter) => ({
  required: true,
  content: {
    'application/json': {
      schema: writer.write(body, 'input'),
      example: bodyExamples[id as keyof typeof bodyExamples],
    },
  },
})

const parametersOf = (schema: z.ZodObject | undefined, place: 'path' | 'query' | 'header', writer: SchemaWriter) => {
  const { properties = {}, required = [] } = schema ? writer.write(schema, 'input') : {}
  return Object.entries(properties).map(([name, property]) => ({
    name: place === 'header' ? headerName(name) : name,
    in: place,
    required: required.includes(name),
    schema: property,
  }))
}

/** `last-event-id` → `Last-Event-ID`: as the standards write it; HTTP itself does not mind. */
const headerName = (name: string) => name.replace(/\b[a-z]/g, (letter) => letter.toUpperCase()).replace(/\bId\b/, 'ID')
