// The names of every migration, so that dfctl can tell which are not applied without the services' sources at hand.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { databases } from '../src/index.ts'

const namesIn = (folder: string): string[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => file.endsWith('.sql'))
        .map((file) => file.slice(0, -'.sql'.length))
        .sort()
    : []

/** `messaging`: those of the kit, which every database has; `databases`: each one's own. `root`: the repository. */
export const migrationsFile = (root: string) => ({
  messaging: namesIn(join(root, 'packages/kit/src/postgres/migrations')),
  databases: Object.fromEntries(
    databases.map((database) => [database, namesIn(join(root, 'services', database, 'migrations'))]),
  ),
})
