// What is installed already, and the settings with which it goes on.
import { pages } from '../deployments.ts'
import { Failure } from '../failure.ts'
import { type Release, readReleases } from '../health/releases.ts'
import { type Pin, readPins } from '../scaling/pin.ts'
import { type Chart, findCharts, type Profile, type ReleaseName } from './charts.ts'
import type { Installer } from './installer.ts'
import { mindOwner, readNamespace } from './namespace.ts'
import { type Settings, type Tree, type ValueArguments, valueArguments } from './settings.ts'

/** What there is before anything is changed. */
export type Present = {
  releases: Release[]
  charts: Record<ReleaseName, Chart>
  profile: Profile
  values: ValueArguments
  /** What dfctl scale has set, which a release has to keep. */
  pins: readonly Pin[]
}

/**
 * Reads what is installed and with which settings it goes on. Throws `refused` when the namespace is somebody else's or the profile
 * is another one than before. The caller calls `values.remove`.
 */
export const readPresent = async ({ cluster }: Installer, options: Settings): Promise<Present> => {
  const charts = findCharts(options.charts)
  const [namespace, releases, pins] = await Promise.all([
    readNamespace(cluster),
    readReleases(cluster),
    readPins(cluster),
  ])
  mindOwner(cluster.namespace, namespace, releases)
  const installed = releases.find(({ name }) => name === 'backing')?.profile ?? undefined
  if (options.profile && installed && installed !== options.profile) {
    throw new Failure('refused', `The profile here is ${installed}, not ${options.profile}`, {
      why: 'the data of the one would be left behind by the other',
      next: 'Install into another namespace, or remove this installation first: dfctl undeploy.',
    })
  }
  const profile = options.profile ?? (installed === 'operators' ? 'operators' : 'light')
  return { releases, charts, profile, values: valueArguments(options, profile), pins }
}

/** The same where nothing is looked at: as if nothing were installed. */
export const presentAsNew = (options: Settings): Present => {
  const profile = options.profile ?? 'light'
  const values = valueArguments(options, profile)
  return { releases: [], charts: findCharts(options.charts), profile, values, pins: [] }
}

const replicasOf = ({ service, replicas }: Pin): Tree =>
  service === pages ? { web: { replicas } } : { services: { [service]: { replicas } } }

/** The settings of a release, as arguments of helm: those kept from before and by dfctl scale, then those given now. */
export const argumentsOf = ({ releases, charts, values, pins }: Present, name: ReleaseName): string[] => {
  const kept = releases.find((release) => release.name === name)?.values ?? {}
  const scaled = name === 'deliveryflow' ? pins.filter(({ by }) => by === 'fixed') : []
  return values.of(charts[name], kept, scaled.map(replicasOf))
}
