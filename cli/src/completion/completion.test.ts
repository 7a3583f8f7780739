// The scripts complete what dfctl takes; bash runs its one here, the others where their shells are installed.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { before, describe, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { commands } from '../commands.ts'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))
const scripts: Record<string, string> = {}

const has = (shell: string) => spawnSync(shell, ['-c', 'true']).status === 0

before(() => {
  for (const shell of ['bash', 'zsh', 'fish']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'completion', shell], { encoding: 'utf8' })
    assert.equal(status, 0, stderr)
    scripts[shell] = stdout
  }
})

/** What bash offers for the last word of a line. */
const inBash = (line: string): string[] => {
  const words = line.split(' ')
  const program = `${scripts.bash}
    COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}; _dfctl
    printf '%s\\n' "\${COMPREPLY[@]}"`
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', program], { encoding: 'utf8' })
  assert.deepEqual([status, stderr], [0, ''])
  return stdout.split('\n').filter(Boolean)
}

describe('bash', { skip: has('bash') ? false : 'there is no bash here' }, () => {
  test('commands', () => {
    assert.deepEqual(
      inBash('dfctl '),
      commands.map(({ name }) => name),
    )
    assert.deepEqual(inBash('dfctl comp'), ['completion'])
    assert.deepEqual(inBash('kubectl-df bug'), ['bug-report'])
  })

  test('subcommands, after global options too', () => {
    assert.deepEqual(inBash('dfctl order tr'), ['trace'])
    assert.deepEqual(inBash('dfctl -n shop --local order tr'), ['trace'])
    assert.ok(inBash('dfctl order list --st').includes('--status'))
    assert.deepEqual(inBash('dfctl order list --status CANC'), ['CANCELLED'])
  })

  test('services, streams and subjects', () => {
    assert.deepEqual(inBash('dfctl logs not'), ['notification-planner', 'notification-worker'])
    assert.deepEqual(inBash('dfctl scale pay'), ['payment'])
    assert.deepEqual(inBash('dfctl streams DL'), ['DLQ'])
    assert.deepEqual(inBash('dfctl rpc catalog.l'), ['catalog.list'])
  })

  test('options and their values', () => {
    assert.deepEqual(inBash('dfctl check --lag'), ['--lag-limit'])
    assert.deepEqual(inBash('dfctl check -o js'), ['json'])
    assert.deepEqual(inBash('dfctl check --profile '), ['light', 'operators'])
    assert.deepEqual(inBash('dfctl completion '), ['bash', 'zsh', 'fish'])
    assert.deepEqual(inBash('dfctl --namespace '), [])
  })
})

test('zsh takes its script', { skip: has('zsh') ? false : 'there is no zsh here' }, () => {
  const setUp = `autoload -Uz compinit && compinit -D\neval "$(cat)"\n(( $+functions[_dfctl_order_trace] ))`
  const { status, stderr } = spawnSync('zsh', ['-f', '-c', setUp], { input: scripts.zsh ?? '', encoding: 'utf8' })
  assert.deepEqual([status, stderr], [0, ''])
})

test('fish completes from its script', { skip: has('fish') ? false : 'there is no fish here' }, () => {
  const ask = (line: string) => {
    const { status, stdout, stderr } = spawnSync('fish', ['--no-config', '-c', `source; complete -C '${line}'`], {
      input: scripts.fish ?? '',
      encoding: 'utf8',
    })
    assert.deepEqual([status, stderr], [0, ''])
    return stdout.split('\n').flatMap((offered) => offered.split('\t')[0] || [])
  }
  assert.deepEqual(ask('dfctl comp'), ['completion'])
  assert.deepEqual(ask('dfctl order tr'), ['trace'])
  assert.deepEqual(ask('dfctl logs pay'), ['payment'])
  assert.deepEqual(ask('dfctl check -o js'), ['json'])
})
