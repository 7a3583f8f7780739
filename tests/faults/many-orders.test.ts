// Many orders, and among them messages that nobody can handle: nothing good suffers, and each is found, mended or dropped. Then
// somebody tampers with the history of it all, and every record that was touched is named.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { DeadLetter } from '@deliveryflow/contracts'
import { connect } from '@nats-io/transport-node'
import type { ArchiveState } from '../../cli/src/audit/archive.ts'
import type { Judgement } from '../../cli/src/audit/verify.ts'
import { editing } from '../../cli/src/testing.ts'
import { type Client, customer, product, until } from '../client.ts'
import { lettersTo, query } from '../harness.ts'
import { allFinal } from '../invariants.ts'
import { orders, seconds } from '../size.ts'
import { type Ground, onCluster, startGround } from './ground.ts'
import { allIsWell, placeOrders } from './orders.ts'
import { lettersOfPoison, publishPoison } from './poison.ts'

/** One message in a hundred is poison, some of each kind where the orders are few; half of them can be healed. */
const poison = Math.max(30, Math.floor(orders / 200) * 2)
const half = poison / 2
const rule = 'nothing_recalled'

const countBy = <T>(items: readonly T[], keyOf: (item: T) => string): Record<string, number> =>
  Object.fromEntries([...Map.groupBy(items, keyOf)].map(([key, { length }]) => [key, length]))
const consumerOf = ({ service, stream }: DeadLetter) => `${service}/${stream}`
const typeOf = ({ type, subject }: DeadLetter) => type ?? subject
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((total, count) => total + count, 0)

describe(`${orders} orders and ${poison} messages that cannot be handled`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'many-orders-'))
  let ground: Ground
  let system: Ground['system']
  let ann: Client
  let placed: string[]
  before(async () => {
    // What waits until it is healed is not to be undone meanwhile.
    const settings = { SAGA__RESERVE_DEADLINE_MS: '86400000', SAGA__PAY_DEADLINE_MS: '86400000' }
    ground = await startGround({ settings })
    ;({ system } = ground)
    ann = await customer(system.url)
  })
  after(async () => {
    await ground?.stop()
    rmSync(folder, { recursive: true })
  })

  const dfctl = async (words: readonly string[], environment?: NodeJS.ProcessEnv) => {
    const begun = performance.now()
    const ended = await ground.dfctl(words, environment)
    return { ...ended, ms: performance.now() - begun }
  }
  const json = async (...words: string[]) => JSON.parse((await dfctl([...words, '-o', 'json'])).stdout)
  const deadLetters = (...words: string[]): Promise<DeadLetter[]> => json('dlq', 'list', '--limit', '1000000', ...words)
  const verdict = (): Promise<Judgement> => json('audit', 'verify')
  const placesOf = (letters: readonly DeadLetter[]) => letters.map(({ sequence }) => sequence)

  it('each of these is given up, and nothing else is lost or waits for it', async (test) => {
    const thing = await product(ground.admin, { price: 100, stock: orders })
    const recalled = await product(ground.admin, { price: 100, stock: orders })
    // Somebody added a rule to the database that forbids what the service has to do.
    await query(
      system.databases.inventory,
      `alter table reservation_items add constraint ${rule} check (product_id <> '${recalled}')`,
    )
    const nats = await connect(system.nats)
    const every = Math.floor(orders / half)
    const begun = performance.now()
    placed = await placeOrders(ground, (n) => {
      const nth = n / every
      if (!Number.isInteger(nth) || nth >= half) return thing
      publishPoison(nats, nth)
      return recalled
    })
    const took = performance.now() - begun
    await nats.drain()
    const ordered = await query<{ order_id: string }>(
      system.databases.order,
      'select order_id from orders where items @> $1::jsonb',
      [JSON.stringify([{ product_id: recalled }])],
    )
    const waiting = new Set(ordered.map(({ order_id }) => order_id))
    assert.equal(waiting.size, half)
    const good = placed.filter((order_id) => !waiting.has(order_id))
    await allFinal(system, good, seconds(90))
    const all = performance.now() - begun
    test.diagnostic(
      `${orders} orders placed, ${(orders / (took / 1000)).toFixed(1)}/s; final: ${(orders / (all / 1000)).toFixed(1)}/s`,
    )

    const unreadable = lettersOfPoison(half)
    // Eight attempts take about a minute.
    await until('each is given up', async () => (await deadLetters()).length >= half + sum(unreadable), seconds(150))
    const letters = await deadLetters()
    const healable = letters.filter(({ error }) => error.includes(rule))
    assert.deepEqual(new Set(healable.map(({ correlation_id }) => correlation_id)), waiting)
    assert.deepEqual(
      countBy(healable, (letter) => `${consumerOf(letter)} ${typeOf(letter)} ${letter.attempts}`),
      { 'inventory/EVENTS order_created 8': half },
    )
    const others = letters.filter((letter) => !healable.includes(letter))
    assert.deepEqual(
      countBy(others, (letter) => `${consumerOf(letter)} ${typeOf(letter)}`),
      unreadable,
    )
    assert.deepEqual(
      countBy(others, ({ attempts }) => String(attempts)),
      { 1: sum(unreadable) },
      'no retry heals them',
    )
    test.diagnostic(
      `${letters.length} dead letters of ${poison} messages: ${JSON.stringify(countBy(letters, consumerOf))}`,
    )
  })

  it('they are grouped by what they have in common', async () => {
    const letters = await deadLetters()
    const firstLine = ({ error }: DeadLetter) => error.split('\n', 1)[0] ?? ''
    for (const [by, keyOf] of [
      ['consumer', consumerOf],
      ['type', typeOf],
      ['error', firstLine],
    ] as const) {
      const groups: { key: string; count: number }[] = await json('dlq', 'list', '--group-by', by)
      assert.deepEqual(Object.fromEntries(groups.map(({ key, count }) => [key, count])), countBy(letters, keyOf), by)
    }
  })

  it('what can be healed is retried and leaves nothing behind', async (test) => {
    const places = placesOf(await deadLetters('--error', rule))
    const retry = ['dlq', 'retry', '--error', rule, '--reason', 'the rule is gone']
    const tooSoon = await dfctl(['dlq', 'retry', String(places[0]), '--reason', 'to see whether it helps'])
    assert.equal(tooSoon.code, 3, tooSoon.stdout)
    await query(system.databases.inventory, `alter table reservation_items drop constraint ${rule}`)
    const healed = await dfctl(retry)
    assert.equal(healed.stdout, `${half} handled\n`, healed.stderr)
    assert.deepEqual(await deadLetters('--error', rule), [])
    assert.equal((await dfctl(retry)).code, 4, 'there is nothing left to retry')
    assert.match((await dfctl(['dlq', 'retry', ...places.map(String), '--reason', 'once more'])).stdout, /^\d+ gone\n$/)
    assert.equal(await allIsWell(ground, placed), orders, 'each order is completed')
    test.diagnostic(`${half} retried, ${(half / (healed.ms / 1000)).toFixed(1)}/s`)
  })

  it('what cannot be read is edited, or dropped with a reason', async () => {
    const [first, ...left] = await deadLetters('--type', 'notify_user')
    const letters = (await lettersTo(system, ann.email)).length
    const edited = await dfctl(
      ['dlq', 'retry', String(first?.sequence), '--edit', '--reason', 'it lacked its user'],
      editing(folder, { user_id: ann.user_id }),
    )
    assert.equal(edited.stdout, '1 handled\n', edited.stderr)
    assert.equal((await lettersTo(system, ann.email)).length, letters + 1)

    const others = (await deadLetters()).filter(({ type }) => type !== 'notify_user')
    const some = await dfctl(['dlq', 'drop', '--type', 'notify_user', '--reason', 'nobody knows for whom'])
    assert.equal(some.stdout, `${left.length} dropped\n`, some.stderr)
    const rest = await dfctl(['dlq', 'drop', '--all', '--reason', 'nobody can read them'])
    assert.equal(rest.stdout, `${others.length} dropped\n`, rest.stderr)
    assert.deepEqual(await deadLetters(), [])
    const touched = async (reason: string) => {
      const actions: { data: { action: string; reason: string; detail: Record<string, unknown[]> } }[] = await json(
        ...['audit', 'history', '--type', 'operator_acted'],
      )
      const mine = actions.map(({ data }) => data).filter((data) => data.reason === reason)
      return countBy(
        mine.flatMap(({ action, detail }) => (detail.sequences ?? detail.dropped ?? []).map(() => action)),
        (action) => action,
      )
    }
    for (const [reason, told] of [
      ['the rule is gone', { dead_letters_retried: half }],
      ['it lacked its user', { dead_letters_retried: 1 }],
      ['nobody knows for whom', { dead_letters_dropped: left.length }],
      ['nobody can read them', { dead_letters_dropped: others.length }],
    ] as const)
      await until(`the history tells of it: ${reason}`, async () => isDeepStrictEqual(await touched(reason), told))
  })

  it('then everything adds up, and the history is whole', async (test) => {
    const written = async () =>
      Object.fromEntries(
        (
          await query<{ kind: string; n: number }>(
            system.databases.notification,
            `select kind, count(*)::int as n from letters
             where status = 'SENT' and split_part(letter_key, ':', 2) = any($1) group by kind`,
            [placed],
          )
        ).map(({ kind, n }) => [kind, n]),
      )
    await until(
      'four letters were written about each order',
      async () => isDeepStrictEqual(await written(), { order_paid: orders, delivery_update: 3 * orders }),
      seconds(60),
    )
    assert.equal(await allIsWell(ground, placed), orders, 'nothing more happened')
    await until('all has settled and fits', async () => (await dfctl(['verify'])).code === 0, 60)
    await until('all of it is sealed', async () => (await verdict()).unsealed === 0, seconds(60))
    const { code, stdout, ms } = await dfctl(['audit', 'verify'])
    assert.equal(code, 0, stdout)
    test.diagnostic(`${stdout.split('\n', 1)[0]}: ${Math.round((await verdict()).records / (ms / 1000))} records/s`)
  })

  it('the history of one order is found, and drawn', async () => {
    const order = placed[Math.floor(orders / 2)] ?? ''
    const events: { type: string }[] = await json('audit', 'history', '--order', order)
    assert.deepEqual(
      countBy(events, ({ type }) => type),
      {
        order_created: 1,
        inventory_reserved: 1,
        payment_captured: 1,
        order_paid: 1,
        delivery_assigned: 1,
        delivery_status_updated: 3,
        order_completed: 1,
      },
    )
    const graph = await dfctl(['audit', 'history', '--order', order, '--graph'])
    assert.match(
      graph.stdout,
      /^order_created +order .*#\d+\n└─ inventory_reserved +inventory .*\n +└─ payment_captured/,
    )
    assert.equal(graph.stdout.match(/#\d+$/gm)?.length, events.length)
  })

  it('every record that somebody tampers with is named by its place', async () => {
    const { audit } = system.databases
    const [{ last } = { last: 0 }] = await query<{ last: number }>(
      audit,
      'select max(sequence)::int as last from events',
    )
    const [changed = 0, removed = 0, one = 0, other = 0] = [0.2, 0.4, 0.6, 0.8].map((part) => Math.floor(last * part))
    await query(
      audit,
      `create table kept as select * from events where sequence in (${[changed, removed, one, other]})`,
    )
    const undo = () =>
      query(
        audit,
        `begin; delete from events where sequence in (select sequence from kept); insert into events select * from kept; commit`,
      )
    const tamperings = [
      {
        sql: `update events set headers = replace(headers::text, '"ce-time"', '"ce-Time"')::json where sequence = ${changed}`,
        found: [`changed ${changed}`],
      },
      { sql: `delete from events where sequence = ${removed}`, found: [`removed ${removed}`] },
      {
        sql: `update events set sequence = -1 where sequence = ${one};
              update events set sequence = ${one} where sequence = ${other};
              update events set sequence = ${other} where sequence = -1`,
        found: [`swapped ${one}`, `swapped ${other}`],
      },
    ]
    const finds = async (found: readonly string[]) => {
      const { findings } = await verdict()
      assert.deepEqual(
        findings.map(({ what, sequence }) => `${what} ${sequence}`),
        found,
      )
    }
    for (const { sql, found } of tamperings) {
      await query(audit, sql)
      await finds(found)
      await undo()
      await finds([])
    }
    for (const { sql } of tamperings) await query(audit, sql)
    await finds(tamperings.flatMap(({ found }) => found))
    const { code, stdout } = await dfctl(['audit', 'verify'])
    assert.equal(code, 3)
    assert.match(
      stdout,
      new RegExp(`^✘ changed ${changed}: .*\n✘ removed ${removed}: .*\n✘ swapped ${one}: .* at ${other}\n`),
    )
  })

  it('an archived segment that is edited is named', async (test) => {
    if (onCluster) return test.skip('the archive of an installation is a bucket, and this one has none')
    const { segments, place }: ArchiveState = await json('audit', 'archive', 'list')
    // The first hold as much as there was in their seconds.
    const segment = segments.find(({ records }) => (records ?? 0) >= 3)
    assert.ok(segment)
    const file = join(fileURLToPath(place), segment.name)
    const lines = gunzipSync(readFileSync(file)).toString().split('\n')
    const third = `{"sequence":${segment.first_sequence + 2},`
    const edited = lines.map((line) => (line.startsWith(third) ? line.replace('"ce-id"', '"ce-Id"') : line))
    assert.notDeepEqual(edited, lines)
    writeFileSync(file, gzipSync(edited.join('\n')))
    const found = await dfctl(['audit', 'archive', 'verify'])
    assert.equal(found.code, 3)
    assert.match(found.stdout, new RegExp(`✘ changed ${segment.first_sequence + 2}: .*${segment.name}`))
    writeFileSync(file, gzipSync(lines.join('\n')))
  })

  it('the index is put right from the stream', async () => {
    const to = ['--to', 'projection=audit', '--reason', 'somebody tampered with it', '--timeout', `${seconds(120)}s`]
    const rebuilt = await dfctl(['audit', 'replay', ...to])
    assert.equal(rebuilt.code, 0, rebuilt.stderr)
    assert.deepEqual((await verdict()).findings, [])
  })
})
