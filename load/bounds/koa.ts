// What Koa alone answers, with the load beside it on the same machine: the bound of anything behind HTTP.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { fileURLToPath } from 'node:url'

const connections = 64
const order = JSON.stringify({
  delivery_address: 'Tverskaya 1, Moscow',
  items: [{ product_id: crypto.randomUUID(), quantity: 1 }],
})

/** POSTs of a small JSON order to a bare Koa server in a process of its own: per second, and µs of its processor time each. */
export const measureKoa = async (seconds: number) => {
  const server = fork(fileURLToPath(new URL('koa-server.ts', import.meta.url)), {
    env: { ...process.env, NODE_ENV: 'production', NODE_NO_WARNINGS: '1', NODE_OPTIONS: '' },
  })
  try {
    const { port } = await said<{ port: number }>(server)
    const agent = new Agent({ keepAlive: true, maxSockets: connections })
    const post = () =>
      new Promise<void>((resolve, reject) => {
        const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(order) }
        const call = request({ host: '127.0.0.1', port, method: 'POST', agent, headers }, (answer) => {
          answer.resume().on('end', resolve).on('error', reject)
          if (answer.statusCode !== 201) reject(new Error(`Koa answered ${answer.statusCode}`))
        })
        call.on('error', reject).end(order)
      })
    const keepPosting = async (until: number) => {
      let count = 0
      for (; performance.now() < until; count++) await post()
      return count
    }
    const all = async (length: number) => {
      const until = performance.now() + length * 1000
      const counts = await Promise.all(Array.from({ length: connections }, () => keepPosting(until)))
      return counts.reduce((sum, count) => sum + count, 0)
    }
    await all(1) // warms the compiler up
    const before = await timeOf(server)
    const count = await all(seconds)
    const time = (await timeOf(server)) - before
    agent.destroy()
    return { per_second: Math.round(count / seconds), server_us_each: Math.round(time / count), connections }
  } finally {
    const exited = once(server, 'exit')
    if (server.kill('SIGTERM')) await exited
  }
}

const said = async <T>(server: ChildProcess): Promise<T> => {
  const [message] = await once(server, 'message', { signal: AbortSignal.timeout(10_000) })
  return message as T
}

const timeOf = async (server: ChildProcess) => {
  server.send('time')
  return (await said<{ microseconds: number }>(server)).microseconds
}
