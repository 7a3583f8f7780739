// Checks of NATS: its servers, their quorum, every stream and every consumer that the contracts name.
import { consumersOf, type StreamSettings, services, streams } from '@deliveryflow/contracts'
import type { StreamReading } from '@deliveryflow/kit/messaging/streams'
import { type Check, type Finding, failure, ok, warning } from '../check.ts'
import { commandFor, type Readings } from '../readings.ts'

const oldestVersion = '2.15'

/** Everything about NATS; needs the check `installation.nats` where there is one. */
export const natsChecks = (readings: Readings): Check[] => {
  const deploy = repairOf(readings)
  return [
    {
      id: 'nats.servers',
      group: 'nats',
      title: 'servers',
      needs: ['installation.nats'],
      run: () => checkServers(readings),
    },
    {
      id: 'nats.quorum',
      group: 'nats',
      title: 'JetStream quorum',
      needs: ['nats.servers'],
      run: () => checkQuorum(readings),
    },
    {
      id: 'nats.storage',
      group: 'nats',
      title: 'JetStream storage',
      needs: ['nats.servers'],
      run: () => checkStorage(readings),
    },
    {
      id: 'nats.sign-in',
      group: 'nats',
      title: 'sign-in as admin',
      needs: ['nats.servers'],
      run: async () => {
        const connection = await readings.target.nats()
        await connection.flush()
        return ok(`to ${connection.info?.server_name}`)
      },
    },
    ...streams.map(
      (contract): Check => ({
        id: `nats.stream.${contract.name}`,
        group: 'nats',
        title: `stream ${contract.name}`,
        needs: ['nats.quorum', 'nats.sign-in'],
        run: async () => {
          const found = (await readings.streams()).find(({ name }) => name === contract.name)
          return judgeStream(contract, found, readings, deploy)
        },
      }),
    ),
    {
      id: 'nats.consumers',
      group: 'nats',
      title: 'consumers',
      needs: ['nats.quorum', 'nats.sign-in'],
      run: async () => judgeConsumers(await readings.streams(), deploy),
    },
  ]
}

/** What makes streams, consumers and tables anew where they are missing. */
export const repairOf = (readings: Readings): string =>
  readings.target.kind === 'local' ? 'Stop npm start and start it again.' : commandFor(readings, 'deploy')

const checkServers = async (readings: Readings): Promise<Finding> => {
  const servers = await readings.servers()
  const down = servers.filter(({ up }) => !up)
  const old = servers.filter(({ version }) => version !== null && isOlder(version))
  const versions = [...new Set(servers.flatMap(({ version }) => version ?? []))].join(', ')
  if (down.length > 0) {
    const reason = `${servers.length - down.length} of ${servers.length} answer; ${down.map(({ name, reason: why }) => `${name}: ${why}`).join('; ')}`
    const next =
      readings.target.kind === 'local' ? 'See the file nats-*.log of the run.' : 'kubectl describe pod nats-…'
    const quorum = servers.length - down.length > servers.length / 2
    return quorum ? warning(reason, next) : failure(reason, next)
  }
  if (old.length > 0)
    return failure(
      `${old.map(({ name, version }) => `${name} is ${version}`).join(', ')}: older than ${oldestVersion}, which first syncs once for each batch`,
      commandFor(readings, 'upgrade'),
    )
  return ok(`${servers.length} answer, version ${versions}`)
}

/** Versions compared as numbers, part by part. */
const isOlder = (version: string): boolean => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [oldMajor = 0, oldMinor = 0] = oldestVersion.split('.').map(Number)
  return major < oldMajor || (major === oldMajor && minor < oldMinor)
}

const checkQuorum = async (readings: Readings): Promise<Finding> => {
  const up = (await readings.servers()).filter((server) => server.up)
  const leaders = [...new Set(up.flatMap(({ leader }) => leader ?? []))]
  const logs = readings.target.kind === 'local' ? 'See the file nats-*.log of the run.' : 'kubectl logs nats-0'
  const [leader] = leaders
  if (leader === undefined) return failure('no server leads: too few of them see each other', logs)
  if (leaders.length > 1) return failure(`the servers follow different leaders: ${leaders.join(', ')}`, logs)
  const alone = up.filter((server) => server.leader === null)
  if (alone.length > 0) return warning(`${alone.map(({ name }) => name).join(', ')} sees no leader`, logs)
  const leading = up.find(({ name }) => name === leader)
  const behind = leading?.peers.filter(({ current }) => !current) ?? []
  if (behind.length > 0) return warning(`${behind.map(({ name }) => name).join(', ')} is not up to date`, logs)
  return ok(`${leader} leads ${leading?.cluster_size ?? up.length}`)
}

const checkStorage = async (readings: Readings): Promise<Finding> => {
  const fullest = (await readings.servers())
    .filter(({ storage_limit }) => storage_limit > 0)
    .map(({ name, storage, storage_limit }) => ({ name, share: storage / storage_limit }))
    .sort((a, b) => b.share - a.share)[0]
  if (!fullest) return ok()
  const said = `${(fullest.share * 100).toFixed(fullest.share < 0.1 ? 1 : 0)} % of ${fullest.name} is used`
  const next = commandFor(readings, 'streams')
  if (fullest.share > 0.95) return failure(`${said}: soon nothing can be published`, next)
  return fullest.share > 0.8 ? warning(said, next) : ok(said)
}

/** What is wrong with one stream of the contracts. */
const judgeStream = (
  contract: StreamSettings,
  found: StreamReading | undefined,
  readings: Readings,
  repair: string,
): Finding => {
  const info = found?.info
  if (!info) return failure(found?.reason ?? 'it does not exist', commandFor(readings, 'reconcile'))
  const { leader, replicas = [] } = info.cluster ?? {}
  if (!leader)
    return failure('it has no leader: too few of its replicas can be reached', commandFor(readings, 'status'))
  const copies = replicas.length + 1
  const behind = replicas.filter(({ current, offline }) => !current || offline)
  if (behind.length > 0)
    return warning(
      `${copies - behind.length} of ${copies} replicas are current; ${behind.map(({ name, lag }) => `${name} is ${lag} behind`).join(', ')}`,
      commandFor(readings, 'streams -o wide'),
    )
  if (copies < 3) return warning(`it has ${copies} replica${copies === 1 ? '' : 's'} instead of 3`, repair)
  if (JSON.stringify(info.config.subjects) !== JSON.stringify(contract.subjects))
    return failure(`it takes ${info.config.subjects.join(', ')} instead of ${contract.subjects.join(', ')}`, repair)
  if (info.config.retention !== contract.retention)
    return failure(`its retention is ${info.config.retention} instead of ${contract.retention}`, repair)
  return ok(`${info.state.messages} messages, ${copies} of ${copies} replicas current, ${leader} leads`)
}

/** Each consumer of the contracts must be there, hear what it should, and have a leader. */
const judgeConsumers = (found: readonly StreamReading[], repair: string): Finding => {
  const expected = services.flatMap(consumersOf)
  const wrong = expected.flatMap(({ stream, durable, filter_subjects }) => {
    const reading = found.find(({ name }) => name === stream)
    if (!reading?.info) return [] // Its stream says so.
    const { info, reason } = reading.consumers.find(({ name }) => name === durable) ?? { info: null, reason: null }
    const name = `${stream}/${durable}`
    if (!info) return [`${name}: ${reason ?? 'it does not exist'}`]
    const { filter_subject, filter_subjects: heard = filter_subject ? [filter_subject] : [] } = info.config
    if (JSON.stringify([...heard].sort()) !== JSON.stringify([...filter_subjects].sort()))
      return [`${name} hears other subjects than it should`]
    if (info.paused) return [`${name} is paused`]
    return info.cluster?.leader ? [] : [`${name} has no leader`]
  })
  if (wrong.length > 0) return failure(wrong.join('; '), repair)
  return ok(`all ${expected.length} are there`)
}
