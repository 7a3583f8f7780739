// Which ports are used, and what is said when one of them is taken.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, it } from 'node:test'
import { BackendError } from './backend-error.ts'
import { freePorts, portsFromEnvironment, requireFree } from './ports.ts'

describe('ports', () => {
  it('are the documented ones, each overridden by its setting', () => {
    assert.deepEqual(portsFromEnvironment({ DF_NATS_PORT: '5222', DF_REDIS_PORT: '7000' }), {
      nats: [5222, 5223, 5224],
      nats_monitor: [8222, 8223, 8224],
      nats_cluster: [6222, 6223, 6224],
      postgres: 15432,
      redis: 7000,
      mongo: 17017,
      smtp: 11025,
      mail_page: 8025,
    })
  })

  it('must be numbers', () => {
    for (const text of ['', '0', '70000', '80.5', 'http']) {
      assert.throws(
        () => portsFromEnvironment({ DF_SMTP_PORT: text }),
        /^BackendError: DF_SMTP_PORT is no port: its value is/,
      )
    }
  })

  it('are free and differ when free ones are wanted', async () => {
    const ports = await freePorts()
    assert.equal(new Set(Object.values(ports).flat()).size, 14)
    await requireFree(ports, {})
  })

  it('that are taken are all named with what to do, unless their backend is external', async () => {
    const [one, two] = [createServer().listen(0, '127.0.0.1'), createServer().listen(0)]
    try {
      await Promise.all([one, two].map((server) => once(server, 'listening')))
      const [redis = 0, smtp = 0] = [one, two].map((server) => (server.address() as AddressInfo).port)
      const ports = { ...(await freePorts()), redis, smtp }
      await assert.rejects(requireFree(ports, {}), (error) => {
        assert.ok(error instanceof BackendError)
        assert.equal(error.what, `Cannot listen on port ${redis} (redis), port ${smtp} (mail)`)
        assert.match(error.todo, /DF_REDIS_PORT, DF_SMTP_PORT/)
        return true
      })
      await requireFree(ports, { REDIS_URL: 'redis://elsewhere', SMTP_URL: 'smtp://elsewhere' })
    } finally {
      one.close()
      two.close()
    }
  })
})
