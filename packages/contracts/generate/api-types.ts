// The types of the HTTP API for the pages, from the same document that docs/openapi.yaml holds.
import openapiTS, { astToString } from 'openapi-typescript'
import { openApiDocument } from '../src/index.ts'

/** A TypeScript module that exports `paths`, `operations` and each named schema as a type of its own. */
export const apiTypes = async (): Promise<string> =>
  astToString(
    await openapiTS(JSON.stringify(openApiDocument()), {
      alphabetize: true,
      rootTypes: true,
      rootTypesNoSchemaPrefix: true,
    }),
  )
