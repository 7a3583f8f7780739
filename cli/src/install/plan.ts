// What deploy would change: each release as it is now against what Helm would make of it, without changing anything.

import { Failure } from '../failure.ts'
import type { Release } from '../health/releases.ts'
import type { Format } from '../options.ts'
import { print } from '../output.ts'
import { color } from '../terminal.ts'
import { type Chart, type ReleaseName, releaseNames } from './charts.ts'
import type { Helm } from './helm.ts'
import type { Installer } from './installer.ts'
import { type Change, compareManifests } from './manifest.ts'
import { argumentsOf, type Present, readPresent } from './present.ts'
import type { Settings } from './settings.ts'

/** The objects of a release with those of its hooks, as YAML. */
type Rendered = { manifest?: string; hooks?: { manifest?: string }[] }

const whole = ({ manifest = '', hooks = [] }: Rendered): string =>
  [manifest, ...hooks.map((hook) => hook.manifest ?? '')].join('\n---\n')

/**
 * Compares a release with what its chart and these values would make of it on this cluster. A release that is not there is
 * all additions. Throws `refused` for one that an interrupted helm left half done.
 */
export const planRelease = async (
  helm: Helm,
  chart: Chart,
  values: readonly string[],
  release: Release | undefined,
): Promise<Change[]> => {
  if (release && /^pending-|^uninstalling$/.test(release.status)) {
    throw new Failure('refused', `Release ${release.name} is ${release.status}`, {
      why: 'another dfctl works on it, or one was ended half-way',
      next: 'dfctl deploy repairs it and goes on.',
    })
  }
  const dryRun = ['upgrade', '--install', chart.name, chart.folder, ...values, '--dry-run=server', '--output', 'json']
  const [before, after] = await Promise.all([
    release ? renderedNow(helm, chart.name) : '',
    helm(dryRun).then(JSON.parse),
  ])
  return compareManifests(chart.name, before, whole(after))
}

/** What helm stored of a release, or of one of its revisions. */
export const renderedNow = async (helm: Helm, name: ReleaseName, revision?: number): Promise<string> => {
  const which = revision === undefined ? [] : ['--revision', String(revision)]
  return whole(JSON.parse(await helm(['status', name, ...which, '--output', 'json'])))
}

/** What deploy would change in both releases. The namespace need not be there. */
export const planDeploy = async (installer: Installer, options: Settings): Promise<Change[]> => {
  const present = await readPresent(installer, options)
  try {
    return await planPresent(installer.helm, present)
  } finally {
    present.values.remove()
  }
}

/** The same where what is installed was read already. */
export const planPresent = async (helm: Helm, present: Present): Promise<Change[]> => {
  const plans = releaseNames.map((name) =>
    planRelease(
      helm,
      present.charts[name],
      argumentsOf(present, name),
      present.releases.find((release) => release.name === name),
    ),
  )
  return (await Promise.all(plans)).flat()
}

/** Prints a plan without its lines: an object on each. */
export const printPlan = (format: Format, changes: readonly Change[]): void => {
  print(format, {
    rows: changes,
    columns: [
      { title: 'change', value: ({ change }) => change },
      { title: 'kind', value: ({ kind }) => kind },
      { title: 'name', value: ({ name }) => name },
      { title: 'release', value: ({ release }) => release },
    ],
    name: ({ kind, name }) => `${kind.toLowerCase()}/${name}`,
    empty: 'Nothing would be changed.',
  })
}

const marks = { added: color.green('+'), changed: color.yellow('~'), removed: color.red('-') } as const

/** "~ Deployment/order (deliveryflow)": one line for each object. */
export const changeLine = ({ release, kind, name, change }: Change): string =>
  `${marks[change]} ${kind}/${name} ${color.dim(`(${release})`)}`

/** "2 added, 14 changed". */
export const countChanges = (changes: readonly Change[]): string => {
  const counts = Object.keys(marks).map(
    (word) => [word, changes.filter(({ change }) => change === word).length] as const,
  )
  const parts = counts.flatMap(([word, count]) => (count > 0 ? [`${count} ${word}`] : []))
  return parts.length > 0 ? parts.join(', ') : 'no change'
}

/** A change with its lines, coloured where the output is a terminal. */
export const changeText = (change: Change): string => {
  const lines = change.patch.split('\n').map((line) => {
    if (line.startsWith('@@')) return color.cyan(line)
    if (line.startsWith('+')) return color.green(line)
    return line.startsWith('-') ? color.red(line) : line
  })
  return [color.bold(changeLine(change)), ...lines].join('\n')
}
