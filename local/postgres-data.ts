// Where a PostgreSQL keeps its data, how that folder is made, and when its pid file is a left-over. Running it is postgres.ts's.
import { createHash } from 'node:crypto'
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { reasonOf } from '@deliveryflow/kit/reason'
import { BackendError } from './backend-error.ts'
import type { BackendContext } from './context.ts'
import { type Account, canReach, letThrough, openFolder } from './postgres-account.ts'
import { commandOf } from './process-table.ts'

/** In `dir`, or where a root user's PostgreSQL can reach it when it cannot reach that. */
export function dataFolder(
  { dir, report }: Pick<BackendContext, 'dir' | 'report'>,
  account: Account | undefined,
): string {
  if (account === undefined) return join(dir, 'postgres')
  if (canReach(account, dirname(dir))) letThrough(dir)
  if (canReach(account, dir)) return join(dir, 'postgres')
  const data = elsewhere(dir)
  report(`PostgreSQL: its user cannot reach ${dir}, keeping its data in ${data}`)
  return data
}

/** The folder below /var/lib that belongs to `dir`. */
export function elsewhere(dir: string): string {
  return join(openFolder, createHash('sha256').update(dir).digest('hex').slice(0, 12), 'postgres')
}

/** Makes the cluster beside its place and moves it there when it is whole and on disk. */
export async function initialise(
  context: BackendContext,
  account: Account | undefined,
  binary: { version: string; initdb: string },
  data: string,
  password: string,
): Promise<void> {
  const marker = join(data, 'PG_VERSION')
  const major = Number.parseInt(binary.version, 10)
  if (existsSync(marker)) {
    const made = readFileSync(marker, 'utf8').trim()
    if (made !== String(major)) {
      const todo = 'Start with --fresh to discard the data, or make that PostgreSQL available.'
      throw new BackendError(`Cannot use the data in ${data}`, `PostgreSQL ${made} made it and this is ${major}`, todo)
    }
    if (account !== undefined && statSync(data).uid !== account.uid) {
      await context.processes.run({ command: 'chown', args: ['-R', `${account.uid}:${account.gid}`, data] })
    }
    return
  }
  const started = Date.now()
  mkdirSync(dirname(data), { recursive: true })
  for (const name of readdirSync(dirname(data))) {
    if (name.startsWith(`${basename(data)}.new-`)) rmSync(join(dirname(data), name), { recursive: true }) // cut off
  }
  const draft = mkdtempSync(`${data}.new-`)
  const passwordFile = join(draft, 'password')
  const cluster = join(draft, 'data')
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  if (account !== undefined) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid)
  // Since 17 PostgreSQL brings a locale of its own, so that a database does not depend on the machine's.
  const locale = major >= 17 ? ['--locale-provider=builtin', '--builtin-locale=C.UTF-8'] : []
  try {
    await context.processes.run({
      command: binary.initdb,
      args: [
        ...['-D', cluster, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'],
        ...['--encoding=UTF8', '--locale=C', ...locale, '--no-instructions'],
      ],
      env: { LC_ALL: 'C' },
      cwd: draft,
      account,
    })
    renameSync(cluster, data)
  } catch (error) {
    throw new BackendError(
      'Cannot make a PostgreSQL data folder',
      reasonOf(error),
      `See that ${dirname(data)} has space and may be written.`,
    )
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
  context.report(`PostgreSQL: new data folder ${data} in ${context.seconds(started)}`)
}

/**
 * After SIGKILL the pid file stays. PostgreSQL recognises that by itself unless some other process of its user has been
 * given the same pid since; whether that one is a PostgreSQL on this folder only its command line says.
 */
export async function removeStalePid(data: string): Promise<void> {
  const file = join(data, 'postmaster.pid')
  const deadline = Date.now() + 15_000
  while (existsSync(file)) {
    const pid = Number.parseInt(readFileSync(file, 'utf8'), 10)
    if (!commandOf(pid)?.includes(data)) {
      rmSync(file, { force: true })
      return
    }
    if (Date.now() > deadline) {
      throw new BackendError(
        `${data} is in use`,
        `PostgreSQL runs on it as process ${pid}`,
        `Stop that one: kill -INT ${pid}.`,
      )
    }
    await sleep(100)
  }
}
