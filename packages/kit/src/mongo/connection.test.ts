import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, it } from 'node:test'
import { testBackends } from '@deliveryflow/local/testing'
import { isConnectionError, problemOf } from '../errors.ts'
import { openMongo } from './connection.ts'

describe('the connection to MongoDB', () => {
  it('says within seconds that the server is away', async () => {
    const url = 'mongodb://127.0.0.1:1/reviews'
    const mongo = openMongo({ url, service: 'test', prepare: async (db) => void (await db.command({ ping: 1 })) })
    const started = performance.now()
    const error = await mongo.database().catch((cause: unknown) => cause)
    assert.ok(isConnectionError(error), String(error))
    assert.equal(problemOf(error).code, 'unavailable')
    assert.ok(performance.now() - started < 4000)
    await mongo.close()
  })

  it('says within seconds that a server which takes connections does not answer', async () => {
    const silent = createServer().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const address = silent.address()
    assert.ok(address !== null && typeof address === 'object')
    const url = `mongodb://127.0.0.1:${address.port}`
    const mongo = openMongo({ url, service: 'test', prepare: async () => undefined })
    assert.ok(isConnectionError(await mongo.ping().catch((cause: unknown) => cause)))
    await mongo.close()
    silent.close()
  })

  it('prepares the database before its first use, again until that succeeded, and then never again', async () => {
    const { mongodb_url } = await testBackends()
    let times = 0
    const prepare = async () => {
      times++
      if (times === 1) throw new Error('not yet')
    }
    const mongo = openMongo({ url: mongodb_url, service: 'test', prepare })
    await assert.rejects(mongo.database(), /not yet/)
    const [db] = await Promise.all([mongo.database(), mongo.database()])
    await mongo.database()
    assert.equal(times, 2)
    assert.equal(db.databaseName, 'test')
    await mongo.close()
  })
})
