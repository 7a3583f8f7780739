// Ports of pods on this machine, as kubectl port-forward gives them: for one run of a command, or until Ctrl-C.
import { createServer, type Server } from 'node:net'
import { PassThrough } from 'node:stream'
import { PortForward } from '@kubernetes/client-node'
import { Failure } from '../failure.ts'
import { trace } from '../terminal.ts'
import { ask, type Cluster } from './client.ts'

export type Forward = { readonly port: number; close(): Promise<void> }

/** The name of a pod that serves behind a Service, a ready one first. Throws `not_found` when there is none. */
export const podBehind = async ({ core, namespace }: Cluster, service: string): Promise<string> => {
  const found = await ask(`get service ${service}`, core.readNamespacedService({ name: service, namespace }))
  if (!found) {
    throw new Failure('not_found', `There is no service ${service} in namespace ${namespace}`, {
      next: 'See dfctl status; another installation: --namespace.',
    })
  }
  const labelSelector = Object.entries(found.spec?.selector ?? {})
    .map((pair) => pair.join('='))
    .join(',')
  const pods = await ask(`list the pods of ${service}`, core.listNamespacedPod({ namespace, labelSelector }))
  const ready = pods?.items.find(
    (pod) =>
      !pod.metadata?.deletionTimestamp &&
      pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  )
  if (ready?.metadata?.name) return ready.metadata.name
  throw new Failure('unhealthy', `No pod of ${service} is ready`, { next: 'See dfctl check.' })
}

/**
 * Listens on `port` of 127.0.0.1 (any free one by default) and passes each connection on to a port of the pod that `pod`
 * names at that moment: a pod that was replaced is followed.
 */
export const forward = async (
  { config, namespace }: Cluster,
  pod: () => Promise<string>,
  podPort: number,
  port = 0,
): Promise<Forward> => {
  const forwarder = new PortForward(config)
  const server: Server = createServer((socket) => {
    socket.on('error', () => socket.destroy())
    void (async () => {
      try {
        const name = await pod()
        const errors = new PassThrough()
        errors.on('data', (chunk) => trace(`port-forward to ${name}:${podPort}: ${chunk}`))
        const answer = await forwarder.portForward(namespace, name, [podPort], socket, errors, socket)
        const tunnel = typeof answer === 'function' ? answer() : answer
        tunnel?.on('close', () => socket.destroy())
        socket.on('close', () => tunnel?.close())
        // Whoever connected may have gone by now: a tunnel left open would keep dfctl from ending.
        if (socket.destroyed) tunnel?.close()
      } catch (error) {
        trace(`port-forward failed: ${error instanceof Error ? error.message : String(error)}`)
        socket.destroy()
      }
    })()
  })
  const sockets = new Set<import('node:net').Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new Failure('refused', `Port ${port} of this machine is taken`, { next: 'Choose another with --port.' })
          : error,
      ),
    )
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The port of the forward is not known.')
  return {
    port: address.port,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
