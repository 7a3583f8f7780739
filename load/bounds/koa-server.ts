// The least a Koa server can do with an order: read its JSON, answer with JSON. Asked, it tells what processor time it used.
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import Koa from 'koa'

const app = new Koa()
app.use(async (context) => {
  const body = (await json(context.req)) as { items: unknown[] }
  context.status = 201
  context.body = { order_id: crypto.randomUUID(), status: 'PENDING', items: body.items }
})
const server = app.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ microseconds: user + system })
})
process.on('disconnect', () => process.exit(0))
