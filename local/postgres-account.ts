// PostgreSQL refuses to run as root: which account it runs as instead, and which folders that account can reach.
import { chmodSync, existsSync, realpathSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { reasonOf } from '@deliveryflow/kit/reason'
import { BackendError } from './backend-error.ts'
import type { Processes } from './processes.ts'

export type Account = { uid: number; gid: number }

/** Where a root user's PostgreSQL lives when its own folders are closed to the account that PostgreSQL runs as. */
export const openFolder = '/var/lib/deliveryflow'

/** Undefined (ourselves) unless we are root; then the user `postgres`, made when there is none. */
export async function postgresAccount(
  processes: Processes,
  report: (line: string) => void,
): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const known = await lookUp(processes).catch(() => undefined)
  if (known !== undefined) return known
  report('PostgreSQL: refuses to run as root, creating the user postgres …')
  try {
    const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres']
    await processes.run({ command: 'useradd', args })
    return await lookUp(processes)
  } catch (error) {
    const todo = 'Run this as a user other than root, or create a user named postgres.'
    throw new BackendError('PostgreSQL refuses to run as root', `no user postgres: ${reasonOf(error)}`, todo)
  }
}

async function lookUp(processes: Processes): Promise<Account> {
  const id = async (flag: string) => Number(await processes.run({ command: 'id', args: [flag, 'postgres'] }))
  return { uid: await id('-u'), gid: await id('-g') }
}

/** Whether the account may enter this folder and every folder above it (of it, where it does not exist yet). */
export function canReach(account: Account | undefined, path: string): boolean {
  if (account === undefined) return true
  if (!existsSync(path)) return canReach(account, dirname(path))
  const folder = realpathSync(path)
  if (!mayEnter(account, folder)) return false
  return folder === dirname(folder) || canReach(account, dirname(folder))
}

/** Lets everyone pass through (not list) a folder of our own, unless they already may. */
export function letThrough(folder: string): void {
  const { mode } = statSync(folder)
  if ((mode & 0o001) === 0) chmodSync(folder, (mode & 0o7777) | 0o011)
}

function mayEnter(account: Account, folder: string): boolean {
  const { mode, uid, gid } = statSync(folder)
  if (uid === account.uid) return (mode & 0o100) !== 0
  if (gid === account.gid) return (mode & 0o010) !== 0
  return (mode & 0o001) !== 0
}
