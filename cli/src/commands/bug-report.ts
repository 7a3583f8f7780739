// dfctl bug-report: one zip with states and logs that can be handed to somebody else, without secrets.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { strToU8, type Zippable, zipSync } from 'fflate'
import type { Configure } from '../commands.ts'
import { Failure, reasonOf } from '../failure.ts'
import { readingsOf } from '../health/readings.ts'
import { folderOf } from '../local.ts'
import { type Globals, option } from '../options.ts'
import { printOne, table } from '../output.ts'
import { commonParts, json, type Part } from '../report/parts.ts'
import { redactor } from '../report/redact.ts'
import { size } from '../size.ts'
import { type Target, withTarget } from '../target.ts'
import { progress } from '../terminal.ts'
import { moment } from '../time.ts'
import { versionsOf } from './version.ts'

type Options = Globals & { outputFile?: string; since: string }
type File = { name: string; bytes: number; missing: string | null }

/** Many at once would only wait for the same API server. */
const atOnce = 6

const configure: Configure = (command) =>
  command
    .addOption(option('--output-file <file>', 'where to write it (default: deliveryflow-report-<time>.zip here)'))
    .addOption(option('--since <moment>', 'how far back logs go: 1h, 2d, or a time').default('1h'))
    .addHelpText(
      'after',
      `
Values of Secrets are not in it: each known one is replaced by *** wherever it stands, and so is what looks like a password,
a token or a key. Logs may hold customers' data, such as addresses: look before you send it.

Example:
  dfctl bug-report --since 30m --output-file report.zip`,
    )
    .action(async (_: unknown, self) => {
      const options = self.optsWithGlobals() as Options
      const since = moment(options.since)
      const now = new Date()
      const stamp = now.toISOString().slice(0, 19).replace(/\D/g, '')
      const path = resolve(options.outputFile ?? `deliveryflow-report-${stamp}.zip`)
      const collecting = progress('collecting')
      try {
        const { parts, secrets } = await withTarget(options, async (target) => {
          const gathered = await gather(options, target, since)
          return { ...gathered, parts: await readAll(gathered.parts, collecting.update) }
        })
        const { zip, files } = pack(parts, redactor(secrets), now)
        write(path, zip)
        collecting.done(`collected ${files.length} files`)
        printOne(options.output, { path, bytes: zip.length, files }, () => describe(path, zip.length, files))
      } catch (error) {
        collecting.fail()
        throw error
      }
    })

/** What goes into the report, and every value that must not. */
const gather = async (
  options: Options,
  target: Target,
  since: Date,
): Promise<{ parts: Part[]; secrets: readonly string[] }> => {
  const { clusterSecrets, localSecrets } = await import('../report/secrets.ts')
  const versions: Part = { path: 'version.json', read: async () => json(await versionsOf(options)) }
  if (options.local !== undefined) {
    const { localParts } = await import('../report/local.ts')
    const folder = folderOf(options)
    const parts = [
      versions,
      ...(await commonParts(readingsOf(target, null), null)),
      ...(await localParts(folder, since)),
    ]
    return { parts, secrets: localSecrets(folder) }
  }
  const [{ openKubernetes }, { installationReadings }, { clusterParts }] = await Promise.all([
    import('../cluster/client.ts'),
    import('../health/installation.ts'),
    import('../report/cluster.ts'),
  ])
  const cluster = openKubernetes(options)
  const look = installationReadings(cluster)
  const secrets = await clusterSecrets(cluster)
  const common = await commonParts(readingsOf(target, cluster), look.workloads)
  return { parts: [versions, ...common, ...(await clusterParts(cluster, look, since))], secrets }
}

type Read = { path: string; text: string; missing: string | null }

const readAll = async (parts: readonly Part[], told: (path: string) => void): Promise<Read[]> => {
  const waiting = [...parts]
  const read: Read[] = []
  const work = async () => {
    for (let part = waiting.shift(); part; part = waiting.shift()) {
      const { path } = part
      told(path)
      try {
        read.push({ path, text: await part.read(), missing: null })
      } catch (error) {
        const missing = reasonOf(error)
        read.push({ path, text: `not collected: ${missing}\n`, missing })
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return read.sort((a, b) => a.path.localeCompare(b.path))
}

/** Puts the texts, without secrets, into a zip under one folder. */
export const pack = (
  parts: readonly Read[],
  redact: (text: string) => string,
  mtime: Date,
): { zip: Uint8Array; files: File[] } => {
  const contents: Zippable = {}
  const files = parts.map(({ path, text, missing }): File => {
    const bytes = strToU8(redact(text))
    contents[`deliveryflow-report/${redact(path)}`] = [bytes, { mtime }]
    return { name: path, bytes: bytes.length, missing: missing === null ? null : redact(missing) }
  })
  return { zip: zipSync(contents), files }
}

const write = (path: string, zip: Uint8Array) => {
  try {
    writeFileSync(path, zip, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    throw new Failure('refused', `The report cannot be written to ${path}`, {
      why: reasonOf(error),
      next: 'Name another file with --output-file.',
      cause: error,
    })
  }
}

const describe = (path: string, bytes: number, files: readonly File[]): string => {
  const rows = table(files, [
    { title: 'file', value: ({ name }) => name },
    { title: 'size', value: (file) => (file.missing === null ? size(file.bytes) : `not collected: ${file.missing}`) },
  ])
  return `${rows}\n\n${path}  (${size(bytes)})`
}

export default configure
