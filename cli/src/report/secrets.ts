// Every secret value of an installation, so that a report can be searched for it. The values never leave this process.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ask, type Cluster } from '../cluster/client.ts'
import { secretValues } from './redact.ts'

/** The values of all Secrets in the namespace. Throws when they may not be read: without them nothing could be taken out. */
export const clusterSecrets = async ({ core, namespace }: Cluster): Promise<string[]> => {
  // Helm's records hold whole manifests; what is secret in them is in the Secrets too.
  const fieldSelector = 'type!=helm.sh/release.v1'
  const found = await ask('list secrets', core.listNamespacedSecret({ namespace, fieldSelector }))
  return (found?.items ?? []).flatMap(({ data }) =>
    Object.entries(data ?? {}).flatMap(([key, value]) =>
      secretValues(key, Buffer.from(value, 'base64').toString('utf8')),
    ),
  )
}

const notSecret = new Set(['http_url', 'mail_url', 'email', 'user', 'servers', 'monitors'])

/** The values in the JSON files of a local run's folder: its secrets, and how it is reached. */
export const localSecrets = (folder: string): string[] =>
  readdirSync(folder)
    .filter((file) => /^(running|.*secrets)\.json$/.test(file))
    .flatMap((file) => stringsIn(JSON.parse(readFileSync(join(folder, file), 'utf8'))))

const stringsIn = (tree: unknown): string[] => {
  if (typeof tree !== 'object' || tree === null) return []
  return Object.entries(tree).flatMap(([key, value]) => {
    if (notSecret.has(key)) return []
    return typeof value === 'string' ? secretValues(key, value) : stringsIn(value)
  })
}
