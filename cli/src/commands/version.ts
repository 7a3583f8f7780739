// dfctl version: of dfctl, of what is installed, and of what it runs on.
import { databases } from '@deliveryflow/contracts'
import own from '../../package.json' with { type: 'json' }
import type { Configure } from '../commands.ts'
import { reasonOf } from '../failure.ts'
import { type Readings, readingsOf } from '../health/readings.ts'
import type { Globals } from '../options.ts'
import { print } from '../output.ts'
import { withTarget } from '../target.ts'

/** One program with its version; without one, the reason why it is not known. */
type Row = { name: string; version: string | null; reason: string | null }

const configure: Configure = (command) =>
  command
    .option('--client', 'only dfctl itself: nothing is asked of a cluster')
    .addHelpText(
      'after',
      `
Examples:
  dfctl version --client -o json
  dfctl version -o json | jq -r .kubernetes.version`,
    )
    .action(async (options: { client?: true }, self) => {
      const globals = self.optsWithGlobals() as Globals
      const rows = options.client ? ownVersions() : await versionsOf(globals)
      print(globals.output, {
        rows,
        data: Object.fromEntries(rows.map(({ name, version, reason }) => [name, { version, reason }])),
        name: ({ name, version }) => `${name}/${version ?? ''}`,
        columns: [
          { title: 'name', value: ({ name }) => name },
          { title: 'version', value: ({ version, reason }) => version ?? `not known: ${reason}` },
        ],
      })
    })

const ownVersions = (): Row[] => [
  { name: 'dfctl', version: own.version, reason: null },
  { name: 'node', version: process.version, reason: null },
]

/** Every version there is: of dfctl, and of what the options aim at. What does not answer has the reason instead. */
export const versionsOf = async (globals: Globals): Promise<Row[]> => [...ownVersions(), ...(await installed(globals))]

const installed = async (globals: Globals): Promise<Row[]> => {
  const cluster = globals.local === undefined ? (await import('../cluster/client.ts')).openKubernetes(globals) : null
  return withTarget(globals, async (target) => {
    const readings = readingsOf(target, cluster)
    const [kubernetes, backends] = await Promise.all([ofKubernetes(readings), ofBackends(readings)])
    return [...kubernetes, ...backends]
  })
}

const ofKubernetes = async ({ cluster }: Readings): Promise<Row[]> => {
  if (!cluster) return []
  const [{ ask }, { readReleases }] = await Promise.all([
    import('../cluster/client.ts'),
    import('../health/releases.ts'),
  ])
  const [server, releases] = await Promise.all([
    row('kubernetes', async () => (await ask('ask for the version', cluster.version.getCode()))?.gitVersion),
    readReleases(cluster).then(
      (found) => ({ found, reason: null }),
      (error: unknown) => ({ found: [], reason: reasonOf(error) }),
    ),
  ])
  const charts = ['backing', 'deliveryflow'].map((name): Row => {
    const release = releases.found.find((one) => one.name === name)
    return {
      name: `chart ${name}`,
      version: release?.chart_version ?? null,
      reason: release ? null : (releases.reason ?? 'it is not installed'),
    }
  })
  return [server, ...charts]
}

const ofBackends = (readings: Readings): Promise<Row[]> =>
  Promise.all([
    row('nats', async () => distinct((await readings.servers()).flatMap(({ version }) => version ?? []))),
    row('postgresql', async () => (await readings.database(databases[0] ?? 'order')).version),
    row('mongodb', async () => (await readings.mongo()).version),
    row('redis', async () => (await readings.redis()).version),
    row('services', async () =>
      distinct([...(await readings.instances()).values()].flatMap(({ versions }) => versions)),
    ),
  ])

/** Several at once during an upgrade. */
const distinct = (versions: readonly string[]): string | undefined =>
  versions.length === 0 ? undefined : [...new Set(versions)].sort().join(', ')

const row = async (name: string, read: () => Promise<string | undefined>): Promise<Row> => {
  try {
    const version = await read()
    return { name, version: version ?? null, reason: version === undefined ? 'nobody answers' : null }
  } catch (error) {
    return { name, version: null, reason: reasonOf(error) }
  }
}

export default configure
