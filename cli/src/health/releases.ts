// Helm's releases as Helm keeps them in Secrets: read without the helm program.
import { gunzipSync } from 'node:zlib'
import { ask, type Cluster } from '../cluster/client.ts'

/** The newest revision of one release. `profile` is that of the backing, where the values name one. */
export type Release = {
  name: string
  status: string
  revision: number
  chart: string
  chart_version: string
  app_version: string | null
  updated: string | null
  description: string | null
  values: Record<string, unknown>
  profile: string | null
  manifest: string
}

type Stored = {
  name: string
  version: number
  info?: { status?: string; last_deployed?: string; description?: string }
  chart?: { metadata?: { name?: string; version?: string; appVersion?: string }; values?: Record<string, unknown> }
  config?: Record<string, unknown>
  manifest?: string
}

/** The newest revision of every release in the namespace, by name. */
export const readReleases = async ({ core, namespace }: Cluster): Promise<Release[]> => {
  const found = await ask('list secrets', core.listNamespacedSecret({ namespace, labelSelector: 'owner=helm' }))
  const releases = (found?.items ?? []).flatMap(({ data }) => (data?.release ? [decode(data.release)] : []))
  const newest = new Map<string, Release>()
  for (const release of releases.sort((a, b) => a.revision - b.revision)) newest.set(release.name, release)
  return [...newest.values()].sort((a, b) => a.name.localeCompare(b.name))
}

/** Helm packs a release as JSON, gzip, base64; Kubernetes adds base64 of its own. */
const decode = (text: string): Release => {
  const packed = Buffer.from(Buffer.from(text, 'base64').toString('utf8'), 'base64')
  const { name, version, info, chart, config, manifest } = JSON.parse(gunzipSync(packed).toString('utf8')) as Stored
  const values = config ?? {}
  const profile = values.profile ?? chart?.values?.profile
  return {
    name,
    status: info?.status ?? 'unknown',
    revision: version,
    chart: chart?.metadata?.name ?? '',
    chart_version: chart?.metadata?.version ?? '',
    app_version: chart?.metadata?.appVersion ?? null,
    updated: info?.last_deployed ?? null,
    description: info?.description ?? null,
    values,
    profile: typeof profile === 'string' ? profile : null,
    manifest: manifest ?? '',
  }
}
