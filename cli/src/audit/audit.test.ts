// dfctl audit as somebody at a shell meets it, on a running system: found, proved, taken away, tampered with, and given back.
import assert from 'node:assert/strict'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { customer, orderIs, orderOf, product, signIn, until } from '../../../tests/client.ts'
import { type TestSystem, testSystem } from '../../../tests/harness.ts'
import { dfctl as run } from '../testing.ts'

const folder = mkdtempSync(join(tmpdir(), 'dfctl-audit-'))
let system: TestSystem
let order_id: string
let user_id: string

const dfctl = (...words: string[]) => run(['audit', ...words, '--local-folder', system.dir ?? ''])

before(async () => {
  system = await testSystem()
  const admin = await signIn(system.url, system.admin.email, system.admin.password)
  const buyer = await customer(system.url, { funds: 100 })
  user_id = buyer.user_id
  const thing = await product(admin, { price: 1000 })
  // Too dear for this wallet: it ends without a courier.
  order_id = (await buyer.post('/api/orders', orderOf(thing))).body.order_id
  await orderIs(buyer, order_id, 'CANCELLED')
  await until('the whole order is sealed', async () => {
    const { stdout } = await dfctl('history', '--order', order_id, '-o', 'name')
    return stdout.split('\n').length > 4
  })
})
after(() => rmSync(folder, { recursive: true, force: true }))

describe('dfctl audit history', () => {
  it('tells what happened to an order, for people and for programs', async () => {
    const people = await dfctl('history', '--order', order_id)
    assert.equal(people.code, 0, people.stderr)
    assert.match(people.stdout, /^TIME +SEQUENCE +TYPE/)
    assert.match(people.stdout, /order_created.*\n(.*\n)*.*payment_failed/)
    const lines = (await dfctl('history', '--order', order_id, '-o', 'ndjson')).stdout.trim().split('\n')
    const events = JSON.parse((await dfctl('history', '--order', order_id, '-o', 'json')).stdout)
    assert.deepEqual(
      lines.map((line) => JSON.parse(line)),
      events,
    )
    assert.equal(events[0].type, 'order_created')
    assert.equal(events[0].data.order_id, order_id)
  })

  it('selects by type, user, journey, aggregate, place and time', async () => {
    const types = async (...words: string[]) =>
      (await dfctl('history', ...words, '-o', 'ndjson')).stdout
        .split('\n')
        .filter(Boolean)
        .map(
          (line) => JSON.parse(line) as { type: string; sequence: number; time: string; causation_id: string | null },
        )
    const [failed] = await types('--user', user_id, '--type', 'payment_failed')
    assert.ok(failed)
    const at = String(failed.sequence)
    for (const words of [
      ['--from-seq', at, '--to-seq', at],
      ['--correlation', order_id, '--type', 'payment_failed'],
      ['--aggregate', order_id, '--type', 'events.payment_failed'],
      ['--causation', failed.causation_id ?? '', '--type', 'payment_failed'],
      ['--since', failed.time, '--until', failed.time, '--user', user_id],
    ])
      assert.deepEqual(await types(...words), [failed], words.join(' '))
    assert.deepEqual(await types('--user', user_id, '--until', '2020-01-01'), [])
    const [reserved] = await types('--order', order_id, '--type', 'inventory_reserved')
    const caused = await types('--causation', reserved?.causation_id ?? '')
    assert.deepEqual(caused, [reserved], 'all that order_created led to directly')
    assert.equal((await types('--limit', '3')).length, 3)
  })

  it('draws which event caused which', async () => {
    const { stdout } = await dfctl('history', '--order', order_id, '--graph')
    assert.match(stdout, /^order_created +order .*#\d+\n└─ inventory_reserved .*#\d+\n/)
    assert.match(stdout, /command order\.cancel .*\n +└─ order_cancelled/)
  })

  it('explains what cannot be', async () => {
    const nobody = '00000000-0000-7000-8000-000000000000'
    for (const [words, code, text] of [
      [['--order', nobody], 4, /nothing of order 0000/],
      [['--user', nobody], 4, /nothing of user 0000/],
      [['--causation', nobody], 4, /nothing of 0000/],
      [['--type', 'order_payd'], 2, /Did you mean order_paid\?/],
      [['--since', '1h', '--until', '2h'], 2, /--since 1h is later than --until 2h/],
      [['--since', '2999-01-01'], 2, /has not come yet/],
      [['--from-seq', '9', '--to-seq', '3'], 2, /--from-seq 9 is behind --to-seq 3/],
      [['--graph'], 2, /Say which with --order/],
    ] as const) {
      const ended = await dfctl('history', ...words)
      assert.equal(ended.code, code, words.join(' '))
      assert.match(ended.stderr, text)
      assert.equal(ended.stdout, '')
    }
  })
})

describe('an export of the history', () => {
  const path = join(folder, 'history.ndjson.gz')
  const plain = join(folder, 'history.ndjson')
  let lines: string[]
  before(async () => {
    const exported = await dfctl('export', path)
    assert.equal(exported.code, 0, exported.stderr)
    assert.match(exported.stdout, /^[\d,]+ records, from 1 to \d+\n$/)
    lines = gunzipSync(readFileSync(path)).toString().trimEnd().split('\n')
    writeFileSync(join(folder, 'keys.pem'), (await dfctl('keys')).stdout)
  })

  const verify = (file: string, ...words: string[]) => dfctl('verify', '--file', file, ...words)
  const sequenceIn = (line: string) => (JSON.parse(line) as { sequence?: number }).sequence
  const place = (sequence: number) => lines.findIndex((line) => sequenceIn(line) === sequence)
  /** Verifies the lines with some of them exchanged, and resolves to what was found. */
  const found = async (change: (lines: string[]) => void) => {
    const changed = [...lines]
    change(changed)
    writeFileSync(plain, `${changed.join('\n')}\n`)
    const { code, stdout, stderr } = await verify(plain, '-o', 'json')
    if (code === 1) return stderr
    const { findings } = JSON.parse(stdout) as { findings: { what: string; sequence: number }[] }
    assert.equal(code, findings.length > 0 ? 3 : 0)
    return findings.map(({ what, sequence }) => `${what} ${sequence}`)
  }

  it('is proved without the system, by keys that were kept', async () => {
    const { code, stdout } = await verify(path, '--key', join(folder, 'keys.pem'))
    assert.equal(code, 0)
    assert.match(stdout, /✔ [\d,]+ records, each as it was sealed\n +\d+ checkpoints? signed by [0-9a-f]{16}\n/)
    const live = await dfctl('verify', '--key', join(folder, 'keys.pem'))
    assert.equal(live.code, 0, live.stdout)
  })

  it('names each record that was tampered with', async () => {
    assert.deepEqual(await found(() => undefined), [])
    const [a, b] = [place(2), place(5)]
    const edited = lines[a]?.replace(/ce-source","(\w)/, 'ce-source","X$1') ?? ''
    assert.deepEqual(await found((all) => all.splice(a, 1, edited)), ['changed 2'])
    const swap = (all: string[]) => {
      const [two, five] = [JSON.parse(lines[a] ?? ''), JSON.parse(lines[b] ?? '')]
      all[a] = JSON.stringify({ ...five, sequence: 2, link: two.link })
      all[b] = JSON.stringify({ ...two, sequence: 5, link: five.link })
    }
    assert.deepEqual(await found(swap), ['swapped 2', 'swapped 5'])
    const fewer = (all: string[]) => {
      all.splice(a, 1)
      const { end } = JSON.parse(all.pop() ?? '') as { end: { records: number } }
      all.push(JSON.stringify({ end: { ...end, records: end.records - 1 } }))
    }
    assert.deepEqual(await found(fewer), ['removed 2'])
  })

  it('says where it is damaged or cut off', async () => {
    assert.match(String(await found((all) => all.splice(4, 1, '{"half'))), /beyond line 5\n +why: the line is no JSON/)
    assert.match(String(await found((all) => all.pop())), /it breaks off after \d+ records/)
    const cut = join(folder, 'cut.ndjson.gz')
    writeFileSync(cut, readFileSync(path))
    truncateSync(cut, Math.floor(statSync(cut).size / 2))
    const { code, stderr } = await verify(cut)
    assert.equal(code, 1)
    assert.match(stderr, /cut\.ndjson\.gz cannot be read.*\n +why: .+\n +do: +.*damaged or cut off/)
    assert.match((await verify(join(folder, 'none'))).stderr, /none cannot be read/)
  })

  it('is not written over, nor left half-written', async () => {
    writeFileSync(`${path}.part`, 'of another export that is under way')
    const again = await dfctl('export', path)
    assert.equal(again.code, 5)
    assert.ok(existsSync(`${path}.part`))
    rmSync(`${path}.part`)
    assert.match(again.stderr, /is there already/)
    const onFullDisk = join(folder, 'full.ndjson')
    symlinkSync('/dev/full', `${onFullDisk}.part`)
    const full = await dfctl('export', onFullDisk)
    assert.equal(full.code, 1)
    assert.match(full.stderr, /could not be written\n +why: .*no space left.*\n +do: +Nothing was left behind/)
    assert.deepEqual(
      readdirSync(folder).filter((name) => name.startsWith('full')),
      [],
    )
    assert.equal((await dfctl('export', join(folder, 'none.ndjson'), '--from-seq', '99999999')).code, 4)
    assert.ok(!existsSync(join(folder, 'none.ndjson')))
  })

  it('can be given back, and changes nothing where all of it is there', async () => {
    const { code, stdout, stderr } = await dfctl('import', path)
    assert.equal(code, 0, stderr)
    assert.match(stdout, /^[\d,]+ records up to \d+, 0 of them new\n$/)
    writeFileSync(plain, `${lines.with(place(2), lines[place(3)] ?? '').join('\n')}\n`)
    assert.equal((await dfctl('import', plain)).code, 1)
  })
})
