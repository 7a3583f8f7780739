// The two Helm releases of an installation, and where their charts lie.
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import { Failure } from '../failure.ts'

/** In the order in which they are installed: the services stand on the backing. */
export const releaseNames = ['backing', 'deliveryflow'] as const
export type ReleaseName = (typeof releaseNames)[number]

export const profiles = ['light', 'operators'] as const
export type Profile = (typeof profiles)[number]

/** A release's chart in a folder of this machine. */
export type Chart = { name: ReleaseName; folder: string; version: string; app_version: string }

const ofCheckout = fileURLToPath(new URL('../../../charts', import.meta.url))

/** Finds both charts in a folder, by default that of the checkout. Throws `not_found` where one is missing. */
export const findCharts = (folder = ofCheckout): Record<ReleaseName, Chart> => {
  const [backing, deliveryflow] = releaseNames.map((name) => findChart(resolve(folder), name)) as [Chart, Chart]
  return { backing, deliveryflow }
}

const findChart = (folder: string, name: ReleaseName): Chart => {
  const file = join(folder, name, 'Chart.yaml')
  if (!existsSync(file)) {
    throw new Failure('not_found', `There is no chart ${name} in ${folder}`, {
      why: `${file} is not there`,
      next: 'Name the folder that holds backing/ and deliveryflow/ with --charts.',
    })
  }
  const { version, appVersion } = parse(readFileSync(file, 'utf8')) as { version: string; appVersion: string }
  return { name, folder: join(folder, name), version, app_version: appVersion }
}
