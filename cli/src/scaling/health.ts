// Tells Kubernetes whether the loop of dfctl autoscale still turns, on the paths that every pod of the system has.
import { createServer } from 'node:http'

export type LoopHealth = {
  /** A round ended; `seen`: everything could be read and done. */
  turned(seen: boolean): void
  close(): void
}

/**
 * Answers /healthz with 200 while a round ended within `limit_ms`, and /readyz while the last one also went well; 503 otherwise.
 * Rejects when the port is taken.
 */
export const serveLoopHealth = async (port: number, limit_ms: number): Promise<LoopHealth> => {
  let last = Date.now()
  let well = false
  const server = createServer(({ url }, response) => {
    const turns = Date.now() - last < limit_ms
    const known = url === '/healthz' || url === '/readyz'
    const ok = turns && (url === '/healthz' || well)
    response.writeHead(known ? (ok ? 200 : 503) : 404, { 'content-type': 'application/json' })
    response.end(
      JSON.stringify({ status: known ? (ok ? 'ok' : turns ? 'cannot look or act' : 'stopped') : 'not found' }),
    )
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, resolve)
  })
  return {
    turned: (seen) => {
      last = Date.now()
      well = seen
    },
    close: () => void server.close(),
  }
}
