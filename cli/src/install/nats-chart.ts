// NATS where its own chart runs it (the backing's operated.nats): a release of its own, with our generated values.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { parse } from 'yaml'
import { readReleases } from '../health/releases.ts'
import type { Chart } from './charts.ts'
import type { Installer } from './installer.ts'
import { isTree, type Tree } from './settings.ts'

/** The chart whose values generated/nats-values.yaml was written for; its version is that of the server. */
const official = { chart: 'nats', repository: 'https://nats-io.github.io/k8s/helm/charts', version: '2.14.2' }

/** What the backing's settings say of NATS; `chart` goes into its own chart's values as it is. */
type BackingValues = {
  image?: { registry?: string; pullSecrets?: string[] }
  tls?: { enabled?: boolean }
  operated?: { nats?: boolean }
  nats?: { chart?: Tree }
}

/**
 * Installs or updates the release `nats`, if there is anything to be done. `from`: a folder or archive with the chart, for those who
 * cannot reach its repository. The passwords it reads must be there: the backing makes them, as it makes the certificates where
 * it is told to use TLS.
 */
export const applyNats = async (
  { helm, cluster, deadline, signal }: Installer,
  backing: Chart,
  from?: string,
): Promise<void> => {
  const releases = await readReleases(cluster)
  const settings = (releases.find(({ name }) => name === 'backing')?.values ?? {}) as BackingValues
  if (!settings.operated?.nats) return
  const values = valuesOf(backing, settings)
  const present = releases.find(({ name }) => name === 'nats')
  const current = present?.chart_version === official.version && present.status === 'deployed'
  if (current && isDeepStrictEqual(present.values, values)) return
  const { chart, repository, version } = official
  const source = from === undefined ? [chart, '--repo', repository, '--version', version] : [from]
  const folder = mkdtempSync(join(tmpdir(), 'dfctl-'))
  try {
    const file = join(folder, 'nats.json')
    writeFileSync(file, JSON.stringify(values), { mode: 0o600 })
    const args = ['upgrade', '--install', 'nats', ...source, '--reset-values', '--values', file]
    await helm([...args, '--timeout', `${deadline.seconds()}s`], { signal })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const valuesOf = (backing: Chart, { image, tls, nats }: BackingValues): Tree => {
  const read = (...path: string[]) => parse(readFileSync(join(backing.folder, ...path), 'utf8')) as Tree
  const generated = read('generated', 'nats-values.yaml')
  const secured = tls?.enabled ? merged(generated, read('nats-values-tls.yaml')) : generated
  const ofImages = {
    ...(image?.registry && { registry: image.registry }),
    ...(image?.pullSecrets && { pullSecretNames: image.pullSecrets }),
  }
  return merged(merged(secured, { global: { image: ofImages } }), nats?.chart ?? {})
}

/** As Helm merges several files: maps key by key, anything else is replaced. */
const merged = (into: Tree, more: Tree): Tree => {
  const result = { ...into }
  for (const [key, value] of Object.entries(more)) {
    const before = result[key]
    result[key] = isTree(before) && isTree(value) ? merged(before, value) : value
  }
  return result
}
