// A server that speaks MongoDB's protocol: MONGODB_URL, a mongod on PATH, or a stand-in, which it never passes off as one.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { addToCache, cacheFolder, findBinary, type Source } from './binaries.ts'
import type { BackendContext } from './context.ts'
import { externalProcess, type ManagedProcess, managedProcess } from './managed.ts'
import { fromPath, onPath } from './sources.ts'

export type MongoBackend = ManagedProcess & {
  url: string
  /** What really runs, such as `MongoDB 8.0.4` or `FerretDB 1.24.2 over SQLite: a stand-in, not MongoDB`. */
  kind: string
}

const standIn = 'FerretDB 1.24.2 over SQLite: a stand-in, not MongoDB'

/** Starts mongod or the stand-in and resolves once it accepts connections. */
export async function startMongo(context: BackendContext): Promise<MongoBackend> {
  const external = context.environment.MONGODB_URL
  if (external !== undefined) {
    context.report('MongoDB: the external one, from MONGODB_URL')
    return Object.assign(externalProcess('mongo', 'MONGODB_URL'), { url: external, kind: 'external' })
  }
  const port = context.ports.mongo
  const binary = await findBinary(
    'MongoDB',
    [fromPath(context, { pattern: /db version v(\S+)/ }, ['mongod']), ...ferretSources(context)],
    'Install mongod, or Go 1.24 or newer, which builds a stand-in; or set MONGODB_URL.',
    context,
  )
  const started = Date.now()
  // Each keeps its data in its own format, hence in its own folder.
  const isStandIn = binary.version === standIn
  const folder = join(context.dir, isStandIn ? 'ferretdb' : 'mongodb')
  mkdirSync(folder, { recursive: true })
  const args = isStandIn
    ? ['--listen', `127.0.0.1:${port}`, '--data', folder]
    : ['--bind_ip', '127.0.0.1', '--port', String(port), '--dbpath', folder, '--nounixsocket']
  const mongo = managedProcess({
    processes: context.processes,
    program: { name: 'mongo', command: binary.path, args },
    answers: () => connects(port),
  })
  await mongo.start()
  context.report(`MongoDB: ready on port ${port} in ${context.seconds(started)}`)
  const kind = isStandIn ? standIn : `MongoDB ${binary.version}`
  return Object.assign(mongo, { url: `mongodb://127.0.0.1:${port}`, kind })
}

/** The stand-in: built by Go from ferretdb/, kept under a name that changes with what it is built from. */
function ferretSources({ processes, report }: BackendContext): Source[] {
  const source = fileURLToPath(new URL('ferretdb', import.meta.url))
  const hash = createHash('sha256')
  for (const file of ['go.mod', 'go.sum', 'main.go']) hash.update(readFileSync(join(source, file)))
  const name = `ferretdb-${hash.digest('hex').slice(0, 12)}`
  return [
    {
      label: 'the cached copy',
      async find() {
        const path = join(cacheFolder(), name)
        if (!existsSync(path)) throw new Error('none yet')
        return { path, version: standIn }
      },
    },
    {
      label: 'built by Go from local/ferretdb',
      async find() {
        if (onPath('go') === undefined) throw new Error('needs go 1.24 or newer')
        const path = await addToCache(name, async (scratch) => {
          report('MongoDB: no mongod here, building a stand-in, FerretDB, with Go (a minute or two, once) …')
          const program = join(scratch, name)
          await processes.run({ command: 'go', args: ['build', '-trimpath', '-o', program, '.'], cwd: source })
          return program
        })
        return { path, version: standIn }
      },
    },
  ]
}

/** Throws unless something accepts connections there: both open their port only when they can serve. */
async function connects(port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    socket.once('error', reject)
    socket.once('connect', () => socket.end(resolve))
  })
}
