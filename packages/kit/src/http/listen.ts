// Takes requests for a Koa application, and stops in the order that loses none.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type Koa from 'koa'

export type ListenOptions = {
  /** 0 takes any free port. */
  port: number
  host: string
  /** The setting that the port came from, for the error when it cannot be had. */
  setting?: string
  /**
   * Milliseconds after `close` in which it still serves, and each connection is told with its next answer that it was its last: one that is
   * ended while its client sends would lose that request.
   */
  drain_ms?: number
  /** Milliseconds that requests in hand are given behind that; what still runs then is cut off. */
  grace_ms?: number
}

export type Listening = {
  readonly port: number
  /** Lets go of the connections that are in use, takes no new one then, lets requests in hand finish, ends idle connections. */
  close(): Promise<void>
}

/** Longer than a load balancer keeps its side open (most: 60 s), so that it is never the server who hangs up first. */
const keepAliveTimeout = 65_000
const requestTimeout = 30_000

/** Starts to listen. Throws an error that says what to change when the port cannot be had. */
export const listen = async (
  app: Koa,
  { port, host, setting = 'HTTP_PORT', drain_ms = 0, grace_ms = 10_000 }: ListenOptions,
): Promise<Listening> => {
  let closing = false
  const handle = app.callback()
  const server = createServer({ keepAliveTimeout, requestTimeout, headersTimeout: 10_000 }, (request, response) => {
    // A connection that is kept alive would bring its next request to a server that is about to end.
    if (closing) response.setHeader('Connection', 'close')
    void handle(request, response)
  })
  await new Promise<void>((resolve, fail) => {
    server.once('error', (cause: NodeJS.ErrnoException) =>
      fail(new Error(explain(cause, port, host, setting), { cause })),
    )
    server.listen(port, host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      closing = true
      const drained = Date.now() + drain_ms
      while (Date.now() < drained && (await connectionsOf(server)) > 0) await sleep(50)
      await end(server, grace_ms)
    },
  }
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, fail) => server.getConnections((error, count) => (error ? fail(error) : resolve(count))))

const end = (server: Server, grace_ms: number): Promise<void> =>
  new Promise((resolve) => {
    // A connection that becomes idle only now was told to keep alive before.
    const sweep = setInterval(() => server.closeIdleConnections(), 50)
    const cut = setTimeout(() => server.closeAllConnections(), grace_ms)
    server.close(() => {
      clearInterval(sweep)
      clearTimeout(cut)
      resolve()
    })
  })

const explain = (cause: NodeJS.ErrnoException, port: number, host: string, setting: string): string => {
  if (cause.code === 'EADDRINUSE') return `Port ${port} is taken by another program; set ${setting} to a free one.`
  if (cause.code === 'EACCES') return `Port ${port} needs rights this user lacks; set ${setting} to one above 1023.`
  if (cause.code === 'EADDRNOTAVAIL' || cause.code === 'ENOTFOUND') {
    return `"${host}" is no address of this machine; 0.0.0.0 stands for all of them.`
  }
  return `HTTP cannot listen on ${host}:${port}: ${cause.message}`
}
