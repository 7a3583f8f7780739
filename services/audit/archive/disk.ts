// The archive in a folder: a file stands under its name only when all of it is on the disk, and is never written over.
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Archive } from './storage.ts'

const unfinished = '.part'

/** The archive in a folder, which is made when it is first needed. */
export const archiveOnDisk = (folder: string): Archive => ({
  place: pathToFileURL(folder).href,
  put: async (name, content) => {
    await mkdir(folder, { recursive: true })
    const part = join(folder, `${name}.${randomUUID()}${unfinished}`)
    try {
      await write(part, content)
      // A rename would take the place of what is there.
      await link(part, join(folder, name))
      await sync(folder)
      return true
    } catch (error) {
      // Another replica was sooner, and may have taken the unfinished file away.
      if (await stat(join(folder, name)).catch(() => null)) return false
      throw error
    } finally {
      // With it go those that a killed process left of the same name.
      for (const file of await readdir(folder))
        if (file.startsWith(`${name}.`) && file.endsWith(unfinished)) await rm(join(folder, file), { force: true })
    }
  },
  read: async (name) => {
    try {
      return (await open(join(folder, name))).createReadStream()
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return null
      throw error
    }
  },
  names: async (behind, limit) => {
    const files = await readdir(folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return []
      throw error
    })
    return files
      .filter((file) => file > behind && !file.endsWith(unfinished))
      .sort()
      .slice(0, limit)
  },
})

const write = async (path: string, content: Uint8Array) => {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the names in a folder outlive a loss of power. */
const sync = async (folder: string) => {
  const handle = await open(folder, 'r')
  await handle.sync().finally(() => handle.close())
}

const hasCode = (error: unknown, code: string) => error instanceof Error && 'code' in error && error.code === code
