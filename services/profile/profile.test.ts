import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import * as contracts from '@deliveryflow/contracts'
import { type Message, Rejection } from '@deliveryflow/kit'
import { type Database, openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import profile from './service.ts'

const log = createLog('profile-test', 'silent')

const registered = (user_id: string, name = 'Ann'): Message => ({
  id: randomUUID(),
  correlation_id: user_id,
  causation_id: null,
  type: 'user_registered',
  source: 'identity',
  subject: 'events.user_registered',
  aggregate: user_id,
  time: new Date(),
  data: { user_id, email: `${user_id}@example.org`, name, role: 'customer' },
  replayed: false,
  attempt: 1,
  sequence: 1,
})

describe('profile', () => {
  let scratch: ScratchDatabase
  let db: Database
  let context: object

  before(async () => {
    scratch = await scratchDatabase()
    await migrate(scratch.url, fileURLToPath(new URL('./migrations', import.meta.url)))
    db = openDatabase({ url: scratch.url, application_name: 'profile-test', max: 4 }, log)
    context = { settings: { DEFAULT_LOCALE: 'ru' }, log, db, transaction: transactions(db, 'profile', () => undefined) }
  })
  after(async () => {
    await db?.end()
    await scratch?.drop()
  })

  const hear = (...messages: Message[]) =>
    transactions(
      db,
      'profile',
      () => undefined,
    )(async (tx) => profile.parts.hears.user_registered?.batch?.(messages, tx, context))
  const ask = async <R extends contracts.RpcContract>(contract: R, input: contracts.InputOf<R>, user_id?: string) => {
    const caller = user_id === undefined ? undefined : { user_id, role: 'customer' as const }
    const result = await profile.parts.answers[contract.name]?.(contract.input.parse(input), context, caller)
    return result instanceof Rejection ? result.code : (contract.output.parse(result) as contracts.OutputOf<R>)
  }
  const fresh = (user_id: string, name = 'Ann') => ({
    user_id,
    email: `${user_id}@example.org`,
    name,
    phone: null,
    address: null,
    locale: 'ru',
  })

  it('makes a profile of each new user, once', async () => {
    const [ann, bob] = [randomUUID(), randomUUID()]
    await hear(registered(ann), registered(bob, 'Bob'), registered(ann))
    assert.deepEqual(await ask(contracts.getProfile, {}, ann), fresh(ann))
    const found = await ask(contracts.getContacts, { user_ids: [bob, randomUUID(), ann] })
    assert.ok(typeof found === 'object')
    const sorted = found.contacts.toSorted((a, b) => a.name.localeCompare(b.name))
    assert.deepEqual(sorted, [fresh(ann), fresh(bob, 'Bob')])
  })

  it('keeps what its user edited when the history is replayed', async () => {
    const ann = randomUUID()
    await hear(registered(ann))
    const edited = { ...fresh(ann), name: 'Anna', phone: '+7 900 000', address: 'Tverskaya 1', locale: 'en' }
    assert.deepEqual(
      await ask(
        contracts.updateProfile,
        { name: 'Anna', phone: '+7 900 000', address: 'Tverskaya 1', locale: 'en' },
        ann,
      ),
      edited,
    )
    await hear(registered(ann))
    assert.deepEqual(await ask(contracts.getProfile, {}, ann), edited)
    assert.deepEqual(await ask(contracts.updateProfile, { address: null }, ann), { ...edited, address: null })
  })

  it('loses neither of two edits made at once', async () => {
    const ann = randomUUID()
    await hear(registered(ann))
    await Promise.all([
      ask(contracts.updateProfile, { phone: '12345' }, ann),
      ask(contracts.updateProfile, { address: 'Tverskaya 1' }, ann),
    ])
    assert.deepEqual(await ask(contracts.getProfile, {}, ann), {
      ...fresh(ann),
      phone: '12345',
      address: 'Tverskaya 1',
    })
  })

  it('knows nothing of users it has not heard of', async () => {
    const nobody = randomUUID()
    assert.equal(await ask(contracts.getProfile, {}, nobody), 'not_found')
    assert.equal(await ask(contracts.updateProfile, { name: 'X' }, nobody), 'not_found')
    assert.deepEqual(await ask(contracts.getContacts, { user_ids: [nobody] }), { contacts: [] })
  })
})
