// The collection of requests, run from top to bottom by Postman's own engine: every request is answered as it is documented.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { before, describe, it } from 'node:test'
import { jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import sdk from 'postman-collection'
import runtime from 'postman-runtime'
import { courier, signIn, until } from '../client.ts'
import { type TestSystem, testSystem } from '../harness.ts'

type Definition = {
  variable: { key: string; value: string }[]
  item: { name: string; item: { name: string; event: { script: { exec: string[] } }[] }[] }[]
}

const file = new URL('../../docs/collection/deliveryflow.postman_collection.json', import.meta.url)

describe('the collection of requests', () => {
  let system: TestSystem
  before(async () => {
    system = await testSystem()
    const admin = await signIn(system.url, system.admin.email, system.admin.password)
    await courier(admin)
  })

  /** The collection as it is checked in, with these values for its variables. */
  const collectionWith = (values: Record<string, string>): Definition => {
    const definition: Definition = JSON.parse(readFileSync(file, 'utf8'))
    for (const variable of definition.variable) variable.value = values[variable.key] ?? variable.value
    return definition
  }

  /** What is wrong with each request, by its name: what it ended with, when it was sent several times. */
  const run = (definition: Definition) => {
    const { promise, resolve, reject } = Promise.withResolvers<Map<string, string[]>>()
    const wrong = new Map<string, string[]>()
    let found: string[] = []
    new runtime.Runner().run(
      new sdk.Collection(definition),
      { timeout: { request: 60_000, script: 10_000 } },
      (refused, begun) => {
        if (refused) return reject(refused)
        begun.start({
          request: (error, _, response) => {
            found = error ? [error.message] : [`was answered ${response?.code}`]
          },
          assertion: (_, assertions) => {
            found = assertions.flatMap(({ name, error }) => (error ? [...found, `${name}: ${error.message}`] : []))
          },
          exception: (_, error) => void found.push(error.message),
          item: (error, _, { name }) => {
            wrong.set(name, error ? [error.message] : found)
            found = ['was not sent']
          },
          done: (error) => (error ? reject(error) : resolve(wrong)),
        })
      },
    )
    return promise
  }

  /** The place of a dead letter among the dead letters that no other test looks at. */
  const deadLetter = async (): Promise<string> => {
    const nats = await connect(system.nats)
    try {
      const { seq } = await jetstream(nats).publish('jobs.notify_user', `{"no": "job", "of": "${randomUUID()}"}`)
      const manager = await jetstreamManager(nats)
      let place = 0
      await until('the worker gave the message up', async () => {
        const { state } = await manager.streams.info('DLQ')
        for (let at = Math.max(state.first_seq, 1); at <= state.last_seq; at++) {
          const letter = await manager.streams.getMessage('DLQ', { seq: at }).catch(() => null)
          if (letter?.header.get('df-dlq-stream') === 'JOBS' && letter.header.get('df-dlq-sequence') === String(seq))
            place = at
        }
        return place > 0
      })
      return String(place)
    } finally {
      await nats.close()
    }
  }

  it('does what it says, request by request', { timeout: 120_000 }, async () => {
    const definition = collectionWith({
      baseUrl: system.url,
      mailUrl: system.mail_page_url,
      admin_password: system.admin.password,
      sequence: await deadLetter(),
    })
    const wrong = await run(definition)
    const requests = definition.item.flatMap(({ item }) => item)
    const names = requests.map(({ name }) => name)
    const byHand = new Set(
      requests.flatMap(({ name, event }) => (JSON.stringify(event).includes('by_hand') ? [name] : [])),
    )
    assert.equal(new Set(names).size, names.length, 'scripts name requests, so no two may have one name')
    assert.deepEqual(
      names
        .filter((name) => !byHand.has(name))
        .map((name) => [name, wrong.get(name) ?? ['was not reached']])
        .filter(([, faults]) => faults?.length),
      [],
    )
  })

  it('notices a request that is not answered as documented', { timeout: 60_000 }, async () => {
    const definition = collectionWith({ baseUrl: system.url, mailUrl: system.mail_page_url, admin_password: 'wrong' })
    definition.item = definition.item.slice(0, 1)
    const wrong = await run(definition)
    assert.deepEqual(wrong.get('Registers a customer'), [])
    assert.match(String(wrong.get('Signs in as an administrator')), /answers 200.*401/)
  })
})
