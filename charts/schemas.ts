// JSON Schemas of Kubernetes' objects for kubeconform, from the Go modules that define them: the usual place of such schemas is a
// web site, these come with checksums and work without one. Unknown fields are refused.
import { execFile } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseAllDocuments } from 'yaml'

const kubernetes = 'k8s.io/kubernetes@v1.34.4'

/** The modules whose CRDs our charts use, and where in them they lie. */
const customResources = [
  ['github.com/kedacore/keda/v2@v2.21.0', 'config/crd/bases'],
  ['sigs.k8s.io/gateway-api@v1.5.0', 'config/crd/standard'],
  ['github.com/prometheus-operator/prometheus-operator@v0.92.0', 'example/prometheus-operator-crd'],
  ['github.com/cloudnative-pg/cloudnative-pg@v1.30.0', 'config/crd/bases'],
  ['github.com/cert-manager/cert-manager@v1.20.0', 'deploy/crds'],
  ['github.com/mongodb/mongodb-kubernetes-operator@v0.13.0', 'config/crd/bases'],
] as const

type Schema = { [keyword: string]: unknown }
type Definition = Schema & { 'x-kubernetes-group-version-kind'?: { group: string; version: string; kind: string }[] }

/** How kubeconform finds a schema in the folder that `writeSchemas` fills. */
export const schemaLocation = (folder: string) => join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json')

/**
 * Writes a schema for every kind. `offline`: only from modules that this machine has. Returns the modules that it left out
 * because they cannot be had; throws when that is Kubernetes itself.
 */
export const writeSchemas = async (folder: string, offline: boolean): Promise<string[]> => {
  mkdirSync(folder, { recursive: true })
  const put = (group: string, version: string, kind: string, schema: unknown) => {
    const suffix = [kind.toLowerCase(), group.split('.')[0], version].filter((part) => part !== '').join('-')
    writeFileSync(join(folder, `${suffix}.json`), JSON.stringify(schema))
  }
  const path = join(await moduleFolder(kubernetes, offline), 'api', 'openapi-spec', 'swagger.json')
  const { definitions } = JSON.parse(readFileSync(path, 'utf8')) as { definitions: Record<string, Definition> }
  const strict = Object.fromEntries(Object.entries(definitions).map(([name, schema]) => [name, strictly(schema)]))
  const all: Record<string, unknown> = { ...strict, ...looser }
  for (const [name, definition] of Object.entries(definitions)) {
    for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
      // Kinds that belong to all groups (DeleteOptions, WatchEvent) stand in no file.
      if (name.includes('.meta.v1.')) continue
      put(group, version, kind, { $ref: `#/definitions/${name}`, definitions: reachable(name, all) })
    }
  }
  const missing: string[] = []
  for (const [module, place] of customResources) {
    const found = await moduleFolder(module, offline).catch(() => undefined)
    if (found === undefined) missing.push(module)
    else writeCustomResources(join(found, place), put)
  }
  return missing
}

/** A definition and all that it refers to: kubeconform follows no reference to another file. */
const reachable = (name: string, all: Record<string, unknown>) => {
  const found: Record<string, unknown> = {}
  const add = (one: string) => {
    if (one in found) return
    found[one] = all[one]
    for (const [, next = ''] of JSON.stringify(all[one]).matchAll(/"#\/definitions\/([^"]+)"/g)) add(next)
  }
  add(name)
  return found
}

type Crd = {
  kind: string
  spec: {
    group: string
    names: { kind: string }
    versions: { name: string; schema: { openAPIV3Schema: Schema } }[]
  }
}

const writeCustomResources = (
  folder: string,
  put: (group: string, version: string, kind: string, schema: unknown) => void,
) => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
    for (const document of parseAllDocuments(readFileSync(join(folder, file), 'utf8'))) {
      const crd = document.toJS() as Crd | null
      if (crd?.kind !== 'CustomResourceDefinition') continue
      for (const { name, schema } of crd.spec.versions) {
        put(crd.spec.group, name, crd.spec.names.kind, strictly(schema.openAPIV3Schema))
      }
    }
  }
}

/** Types that Kubernetes writes down as strings and takes as numbers too. */
const looser = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': { type: ['string', 'number'] },
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': { type: ['string', 'integer'] },
}

/** The schema with no fields but those it names, wherever it names any. */
const strictly = (schema: unknown): unknown => {
  if (Array.isArray(schema)) return schema.map(strictly)
  if (typeof schema !== 'object' || schema === null) return schema
  if ('x-kubernetes-int-or-string' in schema) return { type: ['string', 'integer'] }
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, strictly(value)]))
  const open = 'x-kubernetes-preserve-unknown-fields' in schema || 'additionalProperties' in schema
  const properties = 'properties' in schema && 'type' in schema && schema.type === 'object'
  return properties && !open ? { ...inner, additionalProperties: false } : inner
}

/** Where the Go module lies, downloaded when it may be. */
const moduleFolder = async (module: string, offline: boolean): Promise<string> => {
  const { stdout } = await promisify(execFile)('go', ['mod', 'download', '-json', module], {
    // Outside of any module: nothing is added to one.
    cwd: tmpdir(),
    env: { ...process.env, GOFLAGS: '', ...(offline ? { GOPROXY: 'off' } : {}) },
  })
  return (JSON.parse(stdout) as { Dir: string }).Dir
}
