// A service's connection to NATS: signed in as itself, kept alive, its answers in an inbox of its own.
import { inboxPrefix } from '@deliveryflow/contracts'
import { type ConnectionOptions, connect, type NatsConnection } from '@nats-io/transport-node'
import { Unavailable } from '../errors.ts'
import type { Log } from '../telemetry/log.ts'

export type NatsOptions = { url: string; user: string; password: string }

/**
 * The servers in a URL, one or several, comma-separated. With tls:// the handshake comes before anything is said, so that nobody in
 * between can talk a client out of it; the servers must be set to that (`handshake_first`).
 */
export const serversAt = (url: string): Pick<ConnectionOptions, 'servers' | 'tls'> => ({
  servers: url.split(','),
  ...(url.startsWith('tls://') && { tls: { handshakeFirst: true } }),
})

/**
 * Connects and stays connected. `url`: as `serversAt` takes it. Throws `Unavailable` when no server answers or the
 * sign-in is refused. A permission that is missing shows in the log as an error, at once.
 */
export const connectNats = async ({ url, user, password }: NatsOptions, log: Log): Promise<NatsConnection> => {
  try {
    const connection = await connect({
      ...serversAt(url),
      user,
      pass: password,
      name: user,
      inboxPrefix: inboxPrefix(user),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      pingInterval: 10_000,
      noAsyncTraces: true, // Two stack traces for each request: 3 % of the services' processor time under load.
    })
    void report(connection, log)
    return connection
  } catch (cause) {
    throw new Unavailable(`NATS at ${url} does not let ${user} in: ${cause instanceof Error ? cause.message : cause}`, {
      cause,
    })
  }
}

const report = async (connection: NatsConnection, log: Log) => {
  for await (const status of connection.status()) {
    if (status.type === 'error') log.error({ err: status.error }, 'NATS refused something')
    else if (status.type === 'disconnect') log.warn('the connection to NATS was lost')
    else if (status.type === 'reconnect') log.info({ server: status.server }, 'connected to NATS again')
  }
}
