// NATS in the profile `operators`: a release of its own, from the official chart with our generated values.
import { join } from 'node:path'
import { readRelease } from './apply.ts'
import type { Chart } from './charts.ts'
import type { Installer } from './installer.ts'

/** The chart whose values generated/nats-values.yaml was written for; its version is that of the server. */
const official = { chart: 'nats', repository: 'https://nats-io.github.io/k8s/helm/charts', version: '2.14.2' }

/**
 * Installs or updates the release `nats`. `from`: a folder or archive with the chart, for those who cannot reach its repository.
 * The passwords it reads must be there: the backing makes them, as it makes the certificates where it is told to use TLS.
 */
export const applyNats = async (
  { helm, cluster, deadline, signal }: Installer,
  backing: Chart,
  from?: string,
): Promise<void> => {
  const { chart, repository, version } = official
  const source = from === undefined ? [chart, '--repo', repository, '--version', version] : [from]
  const values = ['--values', join(backing.folder, 'generated', 'nats-values.yaml')]
  const { tls } = ((await readRelease(cluster, 'backing'))?.values ?? {}) as { tls?: { enabled?: boolean } }
  if (tls?.enabled) values.push('--values', join(backing.folder, 'nats-values-tls.yaml'))
  const args = ['upgrade', '--install', 'nats', ...source, ...values, '--timeout', `${deadline.seconds()}s`]
  await helm(args, { signal })
}
