// A server that speaks S3's protocol, for tests of what keeps its data there: versitygw over a folder. Nothing of the system needs it.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { findBinary } from './binaries.ts'
import { type ManagedProcess, managedProcess } from './managed.ts'
import { freePort } from './ports.ts'
import { openProcesses } from './processes.ts'
import { fromCache, fromGo, fromPath, type Wanted } from './sources.ts'

/** `end` stops it for good; as a process it can be stopped and started again on the same data. */
export type S3Server = ManagedProcess & {
  readonly endpoint: string
  readonly access_key: string
  readonly secret_key: string
  /** One that is there. */
  readonly bucket: string
  end(): Promise<void>
}

const version = 'v1.8.0'
const cached = `versitygw-${version}`
const wanted: Wanted = { pattern: /Version\s*:\s*(\S+)/ }

/** Starts the server on a free port with its data and log in a folder. Throws BackendError that names what was tried to get it. */
export const startS3 = async (dir: string, report: (line: string) => void): Promise<S3Server> => {
  const processes = await openProcesses(join(dir, 'logs'))
  try {
    const shop = { processes, report }
    const binary = await findBinary(
      'S3',
      [
        fromPath(shop, wanted, ['versitygw']),
        fromCache(shop, wanted, cached),
        fromGo(shop, wanted, `github.com/versity/versitygw/cmd/versitygw@${version}`, cached),
      ],
      'Install versitygw, or Go 1.24 or newer, which builds it.',
      shop,
    )
    const [data, about] = [join(dir, 'data'), join(dir, 'about')]
    mkdirSync(join(data, 'history'), { recursive: true })
    mkdirSync(about, { recursive: true })
    const endpoint = `http://127.0.0.1:${await freePort()}`
    const keys = { access_key: 'test', secret_key: 'test-of-the-archive' }
    const server = managedProcess({
      processes,
      program: {
        name: 's3',
        command: binary.path,
        // What it knows of an object beside its bytes goes into a folder: not every file system has extended attributes.
        args: ['--port', new URL(endpoint).host, '--quiet', 'posix', '--sidecar', about, data],
        env: { ROOT_ACCESS_KEY: keys.access_key, ROOT_SECRET_KEY: keys.secret_key },
      },
      // It refuses whoever does not sign: that is an answer.
      answers: async () => void (await fetch(endpoint, { signal: AbortSignal.timeout(2000) })),
    })
    await server.start()
    return Object.assign(server, { endpoint, ...keys, bucket: 'history', end: () => processes.stop() })
  } catch (error) {
    await processes.stop()
    throw error
  }
}
