// Which checks an installation gets: all of them, those of a local run, or those that must hold before an install.
import type { Cluster } from '../cluster/client.ts'
import type { Present } from '../install/present.ts'
import type { Globals } from '../options.ts'
import type { Check } from './check.ts'
import { databaseChecks } from './checks/databases.ts'
import { type FlowLimits, flowChecks } from './checks/flow.ts'
import { natsChecks } from './checks/nats.ts'
import { pagesChecks } from './checks/pages.ts'
import { serviceChecks } from './checks/services.ts'
import { storeChecks } from './checks/stores.ts'
import type { Readings } from './readings.ts'

/** Every check of a running installation. */
export const checksOf = async (readings: Readings, limits: FlowLimits): Promise<Check[]> => {
  const inside = (workloads: Parameters<typeof serviceChecks>[1], catches: () => Promise<boolean>) => [
    ...serviceChecks(readings, workloads),
    ...pagesChecks(readings, workloads),
    ...natsChecks(readings),
    ...databaseChecks(readings),
    ...storeChecks(readings, catches),
    ...flowChecks(readings, limits),
  ]
  const { cluster } = readings
  if (cluster === null) return inside(null, () => catchesLocally(readings))
  // The client of Kubernetes takes a while to load: a local run does without.
  const [{ installationReadings }, { objectsIn }, { clusterChecks }, { installationChecks }] = await Promise.all([
    import('./installation.ts'),
    import('../install/wanted.ts'),
    import('./checks/cluster.ts'),
    import('./checks/installation.ts'),
  ])
  const look = installationReadings(cluster)
  const objects = async () => {
    const backing = (await look.releases()).find(({ name }) => name === 'backing')
    return backing ? objectsIn(backing.manifest) : null
  }
  return [
    ...clusterChecks(cluster, { objects, installing: false }),
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

/** What must hold before an installation with these settings; nothing needs to be there yet. */
export const checksBefore = async (cluster: Cluster, globals: Globals, present: Present): Promise<Check[]> => {
  const [{ openHelm }, { wantedObjects }, { clusterChecks }, { roomChecks }] = await Promise.all([
    import('../install/helm.ts'),
    import('../install/wanted.ts'),
    import('./checks/cluster.ts'),
    import('./checks/room.ts'),
  ])
  const opened = openHelm(globals)
  const objects = opened.then((helm) => wantedObjects(helm, cluster, present))
  // They are awaited, and their failures told, by the checks.
  objects.catch(() => undefined)
  return [
    ...clusterChecks(cluster, { objects: () => objects, installing: true }),
    ...roomChecks(cluster, opened, objects),
  ]
}
