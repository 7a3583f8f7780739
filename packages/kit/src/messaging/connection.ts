// A service's connection to NATS: signed in as itself, kept alive, its answers in an inbox of its own.
import { inboxPrefix } from '@deliveryflow/contracts'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { Unavailable } from '../errors.ts'
import type { Log } from '../telemetry/log.ts'

export type NatsOptions = { url: string; user: string; password: string }

/**
 * Connects and stays connected. `url`: one or several, comma-separated; with tls:// encrypted. Throws `Unavailable` when no server answers or the
 * sign-in is refused. A permission that is missing shows in the log as an error, at once.
 */
export const connectNats = async ({ url, user, password }: NatsOptions, log: Log): Promise<NatsConnection> => {
  try {
    const connection = await connect({
      servers: url.split(','),
      user,
      pass: password,
      name: user,
      inboxPrefix: inboxPrefix(user),
      maxReconnectAttempts: -1,
      reconnectTimeWait: 250,
      pingInterval: 10_000,
      // The handshake comes first, so nobody in between can talk us out of it; the server is set to do the same.
      ...(url.startsWith('tls://') && { tls: { handshakeFirst: true } }),
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
