// The archive on a real database, in a folder and in a real bucket: nothing left out, nothing twice, each tampering named, all of it given back.
import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { type Caller, checkSegment, listSegments, restoreSegment } from '@deliveryflow/contracts'
import { type Database, Rejection, Unavailable } from '@deliveryflow/kit'
import { readSigningKey } from '@deliveryflow/kit/history/checkpoint'
import { genesis, hashOf, linkOf } from '@deliveryflow/kit/history/record'
import { openDatabase } from '@deliveryflow/kit/postgres/database'
import { migrate } from '@deliveryflow/kit/postgres/migrate'
import { type Transact, transactions } from '@deliveryflow/kit/postgres/transaction'
import { createLog } from '@deliveryflow/kit/telemetry/log'
import { type S3Server, startS3 } from '@deliveryflow/local/s3'
import { type ScratchDatabase, scratchDatabase } from '@deliveryflow/local/testing'
import * as handle from '../handlers.ts'
import { type Sealing, sealOnce } from '../sealer.ts'
import { recordOf } from '../testing.ts'
import * as answers from './answers.ts'
import { type Archiving, archiveOnce, startArchiver } from './archiver.ts'
import { nameOf } from './name.ts'
import { archivedRecords } from './segment.ts'
import { type Archive, openArchive } from './storage.ts'

const uuid = (n: number) => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`
const records = Array.from({ length: 60 }, (_, n) =>
  recordOf({
    ...{ sequence: n + 1, id: uuid(n), type: 'order_paid', aggregate: uuid(500), correlation_id: uuid(500) },
    ...{ causation_id: null, time: new Date(n), data: { n } },
  }),
)
let link: Buffer = genesis
const links = records.map((record) => {
  link = linkOf(link, hashOf(record))
  return link.toString('hex')
})

const folder = mkdtempSync(join(tmpdir(), 'archive-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** `files`: where the objects lie as files, for whoever tampers with them. */
type Storage = { archive: Archive; files: string; goAway(): Promise<void>; comeBack(): Promise<void> }

const onDisk = async (): Promise<Storage> => {
  const parent = join(folder, randomUUID())
  const files = join(parent, 'archive')
  const archive = await openArchive({ ARCHIVE_URL: pathToFileURL(files).href, ARCHIVE_REGION: '' })
  assert.ok(archive)
  mkdirSync(parent)
  return {
    archive,
    files,
    // A file is where its folder would be.
    goAway: async () => writeFileSync(files, ''),
    comeBack: async () => rmSync(files),
  }
}

const server = await startS3(folder, () => undefined).catch((error: Error) => error)
after(async () => {
  if (!(server instanceof Error)) await server.end()
})

const inBucket = async ({ endpoint, bucket, access_key, secret_key, ...process_ }: S3Server): Promise<Storage> => {
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: access_key, AWS_SECRET_ACCESS_KEY: secret_key })
  const prefix = randomUUID()
  const archive = await openArchive({
    ARCHIVE_URL: `s3://${bucket}/${prefix}`,
    ARCHIVE_ENDPOINT: endpoint,
    ARCHIVE_REGION: 'us-east-1',
  })
  assert.ok(archive)
  return { archive, files: join(folder, 'data', bucket, prefix), goAway: process_.kill, comeBack: process_.start }
}

for (const [where, skip, open] of [
  ['a folder', false, onDisk],
  [
    'a bucket of S3',
    server instanceof Error ? server.message : false,
    async () => inBucket(server instanceof Error ? assert.fail() : server),
  ],
] as const)
  describe(`the archive in ${where}`, { skip }, () => {
    let scratch: ScratchDatabase
    let db: Database
    let transaction: Transact
    let sealing: Sealing
    let storage: Storage
    let archiving: Archiving
    const log = createLog('test', 'silent')

    before(async () => {
      scratch = await scratchDatabase()
      await migrate(scratch.url, fileURLToPath(new URL('../migrations', import.meta.url)))
      db = openDatabase({ url: scratch.url, application_name: 'test', max: 8 }, log)
      transaction = transactions(db, 'audit', () => undefined)
      const key = readSigningKey(randomBytes(32).toString('base64url'))
      sealing = { db, transaction, key, log, checkpoint_records: 1, checkpoint_ms: 3_600_000 }
    })
    beforeEach(async () => {
      await loseDatabase()
      storage = await open()
      archiving = { db, archive: storage.archive, log, records: 10, after_ms: 3_600_000_000_000 }
    })
    after(async () => {
      await db?.end()
      await scratch?.drop()
    })

    const sql = async <Row extends object>(text: string) => (await db.query<Row>({ name: '', text, values: [] })).rows
    const loseDatabase = () => sql('truncate events, seals, checkpoints, signing_keys, segments, archive')
    /** Enters and seals records, with a checkpoint behind each five. */
    const happen = async (from: number, to: number) => {
      for (let first = from; first <= to; first += 5) {
        await handle.enter(records.slice(first - 1, Math.min(to, first + 4)), db)
        await sealOnce(sealing)
      }
    }
    const archiveAll = async (how = archiving) => {
      const names: string[] = []
      for (;;) {
        const segment = await archiveOnce(how)
        if (!segment) return names
        names.push(segment.name)
      }
    }
    const inIndex = async () =>
      (await sql<{ link: Buffer }>('select link from seals join events using (sequence) order by sequence')).map(
        ({ link }) => link.toString('hex'),
      )

    const admin: Caller = { user_id: uuid(1), role: 'admin' }
    type Context = Parameters<typeof answers.list>[1]
    const context = (archive: Archive | null = storage.archive) => ({ db, transaction, archive }) as Context
    const list = async (limit = 100, cursor?: string) => {
      const answer = await answers.list({ limit, ...(cursor && { cursor }) }, context(), admin)
      assert.ok(!(answer instanceof Rejection))
      return listSegments.output.parse(answer)
    }
    /** What a check finds, in the words of dfctl. */
    const check = async (name: string) => {
      const answer = await answers.check({ name }, context(), admin)
      if (answer instanceof Rejection) return [answer.code]
      const { damage, findings } = checkSegment.output.parse(answer)
      const found = findings.map(({ what, sequence, last }) => `${what} ${sequence}${last ? `-${last}` : ''}`)
      return [...found, ...(damage ? [`${damage.line ?? 'all'}: ${damage.detail}`] : [])]
    }
    const restore = async (name: string) => {
      const answer = await answers.restore({ name }, context(), admin)
      return answer instanceof Rejection
        ? `${answer.code}: ${answer.detail}`
        : restoreSegment.output.parse(answer).entered
    }
    const restoreAll = async () => {
      const entered = []
      for (const { name } of (await list()).items) entered.push(await restore(name))
      return entered
    }

    it('takes segments that follow on each other and end at checkpoints, each provable alone', async () => {
      await happen(1, 28)
      assert.deepEqual(await archiveAll(), [nameOf(1, 10), nameOf(11, 20)])
      const { items, archived, sealed, error } = await list()
      assert.deepEqual([sealed, archived, error], [28, 20, null])
      for (const { name, records: held, stored } of items)
        assert.deepEqual([await check(name), held, stored], [[], 10, true])
      assert.deepEqual(await archiveAll({ ...archiving, after_ms: 0 }), [nameOf(21, 28)], 'what is old enough')
      assert.deepEqual((await list(1, nameOf(1, 10))).items[0]?.name, nameOf(11, 20))
      assert.equal((await list(1, nameOf(1, 10))).next_cursor, nameOf(11, 20))

      await happen(29, 38)
      // Checkpoints at 33 and 38: eight records do not reach the second one.
      assert.deepEqual(await archiveAll({ ...archiving, records: 8 }), [nameOf(29, 33)])
    })

    it('gives the records of a range back in their order', async () => {
      await happen(1, 30)
      await archiveAll()
      const read = async (from: number, upto: number) => {
        const sequences: number[] = []
        for await (const { sequence, link } of archivedRecords(db, storage.archive, from, upto)) {
          assert.equal(Buffer.from(link ?? []).toString('hex'), links[sequence - 1])
          sequences.push(sequence)
        }
        return sequences
      }
      assert.deepEqual(
        await read(7, 23),
        Array.from({ length: 16 }, (_, n) => 8 + n),
      )
      assert.deepEqual(await read(30, 30), [])
      await assert.rejects(read(25, 31), /No segment of the archive holds record 31/)
    })

    it('finishes what a kill broke off, before the object was put and behind it', async () => {
      await happen(1, 10)
      const { archive } = storage
      const killed = () => Promise.reject(new Error('killed'))
      await assert.rejects(archiveOnce({ ...archiving, archive: { ...archive, put: killed } }), /killed/)
      await happen(11, 15)
      await assert.rejects(
        archiveOnce({ ...archiving, archive: { ...archive, put: (...all) => archive.put(...all).then(killed) } }),
        /killed/,
      )
      assert.deepEqual(await archive.names('', 10), [nameOf(1, 10)])
      // It has other bytes than what would be put now, for it was written at another time: it is accepted for what it holds.
      await happen(16, 20)
      assert.deepEqual(await archiveAll(), [nameOf(1, 10), nameOf(11, 20)])
      for (const { name } of (await list()).items) assert.deepEqual(await check(name), [])
    })

    it('never writes over what lies there, and says so', async () => {
      await happen(1, 10)
      await storage.archive.put(nameOf(1, 10), Buffer.from('something else'))
      assert.equal(await storage.archive.put(nameOf(1, 10), Buffer.from('again')), false)
      await assert.rejects(
        archiveOnce(archiving),
        /holds 0000000000000001-0000000000000010.ndjson.gz, of which this data/,
      )
      await sql(`insert into segments (first_sequence, last_sequence, name) values (1, 10, '${nameOf(1, 10)}')`)
      await assert.rejects(
        archiveOnce(archiving),
        /something else under the name of the next segment.*incorrect header/,
      )
      assert.equal(readFileSync(join(storage.files, nameOf(1, 10))).toString(), 'something else')
    })

    it('waits while the storage is away, and loses nothing', async () => {
      await happen(1, 20)
      await storage.goAway()
      try {
        await assert.rejects(archiveOnce(archiving), Unavailable)
        const archiver = startArchiver(archiving)
        await untilTrue(async () => (await sql<{ error: string | null }>('select error from archive'))[0]?.error)
        await archiver.stop()
        await assert.rejects(list(), /The archive (file|s3):.* does not answer/)
      } finally {
        await storage.comeBack()
      }
      const archiver = startArchiver(archiving)
      await untilTrue(async () => (await list()).archived === 20)
      await archiver.stop()
      const { items, error } = await list()
      assert.deepEqual([items.map(({ name }) => name), error], [[nameOf(1, 10), nameOf(11, 20)], null])
    })

    it('takes no segment twice, however many replicas there are', async () => {
      await happen(1, 40)
      const all = await Promise.all(Array.from({ length: 4 }, () => archiveAll()))
      const rest = await archiveAll()
      const expected = [nameOf(1, 10), nameOf(11, 20), nameOf(21, 30), nameOf(31, 40)]
      assert.deepEqual([...all.flat(), ...rest].sort(), expected)
      assert.deepEqual(await storage.archive.names('', 10), expected)
      const put = () => storage.archive.put(nameOf(41, 50), randomBytes(100_000))
      assert.deepEqual((await Promise.all([put(), put(), put()])).filter(Boolean), [true])
    })

    it('copies no history that was tampered with', async () => {
      await happen(1, 10)
      await sql(`update events set data = '{"n":0}' where sequence = 7`)
      await assert.rejects(archiveOnce(archiving), /not as it was sealed, changed 7/)
      await sql('delete from events where sequence = 7')
      await assert.rejects(archiveOnce(archiving), /Record 7 is missing in the index/)
      assert.deepEqual(await storage.archive.names('', 10), [])
    })

    it('has each tampering with a segment named', async () => {
      await happen(1, 20)
      await archiveAll()
      const name = nameOf(11, 20)
      const path = join(storage.files, name)
      const original = readFileSync(path)
      const lines = gunzipSync(original).toString().trimEnd().split('\n')
      const at = (sequence: number) => lines.findIndex((line) => line.startsWith(`{"sequence":${sequence},`))
      const found = async (changed: readonly string[]) => {
        writeFileSync(path, gzipSync(`${changed.join('\n')}\n`))
        return check(name)
      }
      assert.deepEqual(await found(lines.with(at(13), lines[at(13)]?.replace('\\"n\\":12', '\\"n\\":99') ?? '')), [
        'changed 13',
      ])
      assert.deepEqual(await found(lines.toSpliced(at(13), 1)), [
        'removed 13',
        `${lines.length - 1}: it should hold 10 records up to 20, and holds 9 up to 20`,
      ])
      assert.deepEqual(await found(lines.with(3, '{"half')), ['4: the line is no JSON'])
      assert.deepEqual(await found(lines.slice(0, at(18))), [`${at(18)}: it breaks off after 7 records`])
      const shorter = [...lines.slice(0, at(16)), '{"end":{"records":5,"last":15}}']
      assert.deepEqual(await found(shorter), ['removed 16-20'])
      const unsigned = lines.filter((line) => !line.startsWith('{"checkpoint"'))
      assert.deepEqual(await found(unsigned), ['forged 20'])
      writeFileSync(path, gzipSync(gunzipSync(original), { level: 1 }))
      assert.match(String(await check(name)), /^all: its bytes are not those that were archived/)

      const edited = Buffer.from(original)
      edited[Math.floor(edited.length / 2)] = ((edited[Math.floor(edited.length / 2)] ?? 0) + 1) % 256
      writeFileSync(path, edited)
      assert.match((await check(name)).at(-1) ?? '', /^\d+: /)
      writeFileSync(path, original)
      truncateSync(path, Math.floor(original.length / 2))
      assert.match((await check(name)).at(-1) ?? '', /^\d+: unexpected end of file/)
      assert.match(String(await restore(name)), /^0$/, 'the index holds all of it: the archive is not asked')
      rmSync(path)
      assert.deepEqual(await check(name), ['all: it is gone'])
      assert.equal((await list()).items[1]?.stored, false)
      assert.deepEqual(await check(nameOf(21, 30)), ['not_found'])
      writeFileSync(path, original)
      assert.deepEqual(await check(name), [])
    })

    it('gives an index that was lost all of it back, also where that began anew in the middle of a segment', async () => {
      await happen(1, 30)
      await archiveAll()
      await loseDatabase()
      assert.deepEqual(await restoreAll(), [10, 10, 10])
      assert.deepEqual(await restoreAll(), [0, 0, 0])
      assert.deepEqual(await inIndex(), links.slice(0, 30))
      for (const { name } of (await list()).items) assert.deepEqual(await check(name), [])

      await loseDatabase()
      await happen(27, 40)
      assert.notDeepEqual(await inIndex(), links.slice(26, 40))
      await assert.rejects(
        archiveOnce(archiving),
        /of which this database does not know. Run dfctl audit archive restore/,
      )
      assert.deepEqual(await restoreAll(), [10, 10, 6])
      await sealOnce(sealing)
      assert.deepEqual(await inIndex(), links.slice(0, 40))
      assert.deepEqual(await archiveAll(), [nameOf(31, 40)])
      for (const { name } of (await list()).items) assert.deepEqual(await check(name), [])
    })

    it('gives nothing back of a segment that is not as it was archived, nor one that does not follow', async () => {
      await happen(1, 20)
      await archiveAll()
      await loseDatabase()
      const path = join(storage.files, nameOf(11, 20))
      const original = readFileSync(path)
      assert.equal(await restore(nameOf(1, 10)), 10)
      writeFileSync(path, gzipSync(gunzipSync(original).toString().replace('\\"n\\":15', '\\"n\\":99')))
      assert.match(String(await restore(nameOf(11, 20))), /^invalid_request: .*changed 16/)
      writeFileSync(path, original)
      await loseDatabase()
      await happen(1, 5)
      assert.match(String(await restore(nameOf(11, 20))), /^history_conflict: The history ends at 5/)
      assert.equal((await inIndex()).length, 5)
    })

    it('says when there is none', async () => {
      const name = nameOf(1, 10)
      const all = [
        await answers.list({ limit: 20 }, context(null), admin),
        await answers.check({ name }, context(null), admin),
        await answers.restore({ name }, context(null), admin),
      ]
      for (const answer of all) assert.ok(answer instanceof Rejection && answer.code === 'no_archive')
    })
  })

const untilTrue = async (holds: () => Promise<unknown>) => {
  for (const deadline = Date.now() + 30_000; !(await holds()); ) assert.ok(Date.now() < deadline, 'it took too long')
}
