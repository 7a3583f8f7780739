// A tunnel to a pod ends with whoever uses it, however early that one goes.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { after, before, type TestContext, test } from 'node:test'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import type { Cluster } from './client.ts'
import { type Forward, forward } from './forward.ts'

/** An API server that is asked for tunnels. */
const api = createServer()
let forwarded: Forward
before(async () => {
  await once(api.listen(0, '127.0.0.1'), 'listening')
  const config = new KubeConfig()
  const { port } = api.address() as AddressInfo
  config.loadFromClusterAndUser({ name: 'x', server: `http://127.0.0.1:${port}`, skipTLSVerify: true }, { name: 'x' })
  const cluster = { config, core: config.makeApiClient(CoreV1Api), namespace: 'x' } as unknown as Cluster
  forwarded = await forward(cluster, async () => 'nats-0', 4222)
})
after(async () => {
  await forwarded.close()
  api.close()
})

/** Somebody connects; resolves to both ends once the API server is asked for the tunnel. */
const begin = async (test: TestContext) => {
  const asked = once(api, 'upgrade')
  const client = connect(forwarded.port, '127.0.0.1')
  const [{ headers, url }, tunnel] = (await asked) as [IncomingMessage, Socket]
  test.after(() => tunnel.destroy())
  assert.equal(url, '/api/v1/namespaces/x/pods/nats-0/portforward?ports=4222')
  // RFC 6455, 4.2.2
  const key = createHash('sha1').update(`${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  const open = () =>
    tunnel.write(
      `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${key.digest('base64')}\r\n` +
        'sec-websocket-protocol: v4.channel.k8s.io\r\n\r\n',
    )
  return { client, tunnel, open }
}

/** Waits for the frame that ends a tunnel. */
const isClosed = async (tunnel: Socket) => {
  const closing = 0x88
  for await (const frame of tunnel) if (frame[0] === closing) return
  assert.fail('the tunnel was cut off')
}

test('it ends when the connection does', { timeout: 10_000 }, async (test) => {
  const { client, tunnel, open } = await begin(test)
  open()
  client.write('PING\r\n')
  await once(tunnel, 'data')
  client.destroy()
  await isClosed(tunnel)
})

test('it ends at once when the connection has gone before it was there', { timeout: 10_000 }, async (test) => {
  const { client, tunnel, open } = await begin(test)
  client.destroy()
  await once(client, 'close')
  await new Promise((resolve) => setTimeout(resolve, 100))
  open()
  await isClosed(tunnel)
})
