// Which checks an installation gets: all of them, those of a local run, or those that must hold before an install.
import type { Cluster } from '../cluster/client.ts'
import type { Profile } from '../install/charts.ts'
import type { Globals } from '../options.ts'
import type { Check } from './check.ts'
import { databaseChecks } from './checks/databases.ts'
import { type FlowLimits, flowChecks } from './checks/flow.ts'
import { natsChecks } from './checks/nats.ts'
import { serviceChecks } from './checks/services.ts'
import { storeChecks } from './checks/stores.ts'
import type { Readings } from './readings.ts'

/** Every check of a running installation. */
export const checksOf = async (readings: Readings, limits: FlowLimits): Promise<Check[]> => {
  const inside = (workloads: Parameters<typeof serviceChecks>[1], catches: () => Promise<boolean>) => [
    ...serviceChecks(readings, workloads),
    ...natsChecks(readings),
    ...databaseChecks(readings),
    ...storeChecks(readings, catches),
    ...flowChecks(readings, limits),
  ]
  const { cluster } = readings
  if (cluster === null) return inside(null, () => catchesLocally(readings))
  // The client of Kubernetes takes a while to load: a local run does without.
  const [{ installationReadings }, { clusterChecks }, { installationChecks }] = await Promise.all([
    import('./installation.ts'),
    import('./checks/cluster.ts'),
    import('./checks/installation.ts'),
  ])
  const look = installationReadings(cluster)
  const profile = async () => (await look.releases()).find(({ name }) => name === 'backing')?.profile ?? null
  return [
    ...clusterChecks(cluster, { profile, installing: false }),
    ...installationChecks(readings, cluster, look),
    ...inside(look.workloads, async () => (await look.backing('mail')).present),
  ]
}

/** A local run that was given an SMTP server of somebody's has no page of letters. */
const catchesLocally = ({ target }: Readings): Promise<boolean> =>
  target.mail().then(
    () => true,
    () => false,
  )

/** What must hold before an installation of this profile; nothing needs to be there yet. */
export const checksBefore = async (cluster: Cluster, profile: Profile, globals: Globals): Promise<Check[]> => {
  const [{ clusterChecks }, { roomChecks }] = await Promise.all([
    import('./checks/cluster.ts'),
    import('./checks/room.ts'),
  ])
  return [
    ...clusterChecks(cluster, { profile: async () => profile, installing: true }),
    ...roomChecks(cluster, profile, globals),
  ]
}
