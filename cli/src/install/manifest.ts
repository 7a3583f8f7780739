// The objects of a release before and after, compared one by one. Values of Secrets are compared and never shown.
import { createHash } from 'node:crypto'
import { structuredPatch } from 'diff'
import { parseAllDocuments, stringify } from 'yaml'
import type { ReleaseName } from './charts.ts'

type Tree = Record<string, unknown>

/** What happens to one object. `patch`: the hunks of a unified diff, without its head. */
export type Change = {
  release: ReleaseName
  kind: string
  name: string
  change: 'added' | 'changed' | 'removed'
  patch: string
}

/** An object of Kubernetes as far as it is compared. */
type Item = { kind: string; name: string; text: string }

/** Every object that differs between two manifests (YAML, several documents each), by kind and name. */
export const compareManifests = (release: ReleaseName, before: string, after: string): Change[] => {
  const [old, made] = [itemsOf(before), itemsOf(after)]
  const keys = [...new Set([...old.keys(), ...made.keys()])].sort()
  return keys.flatMap((key): Change[] => {
    const [was, is] = [old.get(key), made.get(key)]
    if (was?.text === is?.text) return []
    const { kind = '', name = '' } = is ?? was ?? {}
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed'
    return [{ release, kind, name, change, patch: patchOf(was?.text ?? '', is?.text ?? '') }]
  })
}

const itemsOf = (manifest: string): Map<string, Item> => {
  const items = parseAllDocuments(manifest).flatMap((document): Item[] => {
    const object = document.toJS() as Tree | null
    const { kind, metadata } = (object ?? {}) as { kind?: string; metadata?: { name?: string } }
    if (!object || kind === undefined) return []
    // The order of keys says nothing.
    const text = stringify(kind === 'Secret' ? withoutValues(object) : object, { sortMapEntries: true, lineWidth: 0 })
    return [{ kind, name: metadata?.name ?? '', text }]
  })
  return new Map(items.map((item) => [`${item.kind}/${item.name}`, item]))
}

/** Each value becomes a mark that is the same for the same value in this run alone: it tells nothing of what it stands for. */
const withoutValues = (secret: Tree): Tree => {
  const hidden = (values: unknown) =>
    typeof values === 'object' && values !== null
      ? Object.fromEntries(Object.entries(values).map(([key, value]) => [key, `(hidden, ${mark(String(value))})`]))
      : values
  const { data, stringData, ...rest } = secret
  return {
    ...rest,
    ...(data === undefined ? {} : { data: hidden(data) }),
    ...(stringData === undefined ? {} : { stringData: hidden(stringData) }),
  }
}

const salt = crypto.randomUUID()
const mark = (value: string) => createHash('sha256').update(salt).update(value).digest('hex').slice(0, 6)

const patchOf = (before: string, after: string): string =>
  structuredPatch('', '', before, after, '', '', { context: 3 })
    .hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) =>
      [`@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`, ...lines].join('\n'),
    )
    .join('\n')
