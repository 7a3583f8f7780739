// The settings of an installation as options give them, and as arguments of helm for each of the two releases.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Command, Option } from 'commander'
import { parse } from 'yaml'
import { Failure, reasonOf } from '../failure.ts'
import { option } from '../options.ts'
import { type Chart, type Profile, profiles, type ReleaseName } from './charts.ts'

/** The options that `addSettings` adds. */
export type Settings = {
  profile?: Profile
  values: string[]
  set: string[]
  imageTag?: string
  registry?: string
  charts?: string
  /** Forget the settings of earlier deploys. */
  resetValues?: boolean
}

/** Settings as Helm takes them. */
export type Tree = Record<string, unknown>

const gather = (word: string, before: string[]) => [...before, word]

/** The options of deploy, diff and upgrade that say how an installation is to be. */
export const addSettings = (command: Command): Command =>
  command
    .addOption(option('--values <file>', 'settings in YAML; can be repeated').argParser(gather).default([], 'none'))
    .addOption(new Option('--set <key=value>', 'one setting; can be repeated').argParser(gather).default([], 'none'))
    .addOption(option('--image-tag <tag>', 'version of the images of the services'))
    .addOption(option('--registry <host>', 'registry that all images come from'))
    .addOption(option('--charts <folder>', 'folder with the charts (default: that of the checkout)'))
    .addOption(option('--reset-values', 'forget the settings of earlier deploys'))

/** `--profile`, for deploy and diff: nothing else changes it. */
export const addProfile = (command: Command): Command =>
  command.addOption(
    option('--profile <name>', 'how the backing is run (default: as it is installed, else light)').choices(profiles),
  )

/** `--nats-chart`, for deploy and upgrade: they install the release `nats` where the backing's operated.nats says so. */
export const addNatsChart = (command: Command): Command =>
  command.addOption(
    option('--nats-chart <path>', "NATS' official chart as a folder or archive (default: from its repository)"),
  )

/** What to say of settings in a command's help. */
export const settingsHelp = `
Settings are those of charts/deliveryflow/values.yaml; with backing. before them, or under backing: in a file, those of
charts/backing/values.yaml. Settings of earlier deploys are kept unless --reset-values is given.`

/** `backing.nats.storage=1Gi` is a setting of the backing, anything else one of the services. */
export const settingFor = (setting: string): { release: ReleaseName; setting: string } => {
  if (!/^[^=]+=/.test(setting)) {
    throw new Failure('usage', `--set ${setting} says no value`, { next: 'Write it like services.order.replicas=3.' })
  }
  return setting.startsWith('backing.')
    ? { release: 'backing', setting: setting.slice('backing.'.length) }
    : { release: 'deliveryflow', setting }
}

/** The settings in a YAML file for each release. Throws a usage Failure when it cannot be read. */
export const readValues = (file: string): Record<ReleaseName, Tree> => {
  let tree: unknown
  try {
    tree = parse(readFileSync(file, 'utf8')) ?? {}
  } catch (error) {
    throw new Failure('usage', `The settings in ${file} cannot be read`, { why: reasonOf(error), cause: error })
  }
  if (!isTree(tree)) throw new Failure('usage', `${file} holds no settings`, { why: 'it is not a map of YAML' })
  const { backing = {}, ...deliveryflow } = tree
  if (!isTree(backing)) throw new Failure('usage', `${file} holds no settings under backing:`)
  return { backing, deliveryflow }
}

export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)

/** Arguments of helm that set a release's values; the later ones win. `remove` deletes the files they name. */
export type ValueArguments = { of(chart: Chart, kept: Tree, scaled?: readonly Tree[]): string[]; remove(): void }

/**
 * Settings as arguments: the chart's file for the profile, those kept from before, those of `scaled` whatever the options say,
 * the given files, then single ones. They are
 * given in whole each time instead of by helm's own --reset-then-reuse-values, which loses them when a release that never
 * got ready is removed.
 */
export const valueArguments = (settings: Settings, profile: Profile): ValueArguments => {
  const files = settings.values.map(readValues)
  const singles = settings.set.map(settingFor)
  // Values may hold a password: the folder is for this user alone.
  const folder = mkdtempSync(join(tmpdir(), 'dfctl-'))
  let count = 0
  const file = (tree: Tree): string[] => {
    if (Object.keys(tree).length === 0) return []
    const path = join(folder, `${++count}.json`)
    writeFileSync(path, JSON.stringify(tree), { mode: 0o600 })
    return ['--values', path]
  }
  return {
    of: (chart, kept, scaled = []) => {
      const ofProfile = join(chart.folder, `values-${profile}.yaml`)
      const given: string[] = ['--reset-values']
      if (existsSync(ofProfile)) given.push('--values', ofProfile)
      if (!settings.resetValues) given.push(...file(kept))
      for (const tree of scaled) given.push(...file(tree))
      for (const values of files) given.push(...file(values[chart.name]))
      given.push(...file(optionsOf(chart.name, settings, profile)))
      for (const { release, setting } of singles) if (release === chart.name) given.push('--set', setting)
      return given
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/**
 * What options of their own stand for. The catcher of letters is built here too, so it has the version of the services. A file, as
 * --set-string would win over any --set.
 */
const optionsOf = (name: ReleaseName, { registry, imageTag: tag }: Settings, profile: Profile): Tree => {
  const image = { ...(registry === undefined ? {} : { registry }) }
  if (name === 'deliveryflow') return { image: { ...image, ...(tag === undefined ? {} : { tag }) } }
  return { profile, image, ...(tag === undefined ? {} : { mail: { image: { tag } } }) }
}
