// dfctl rpc: one call to a service, as any other service would make it.
import { type RpcContract, services } from '@deliveryflow/contracts'
import { Rejection } from '@deliveryflow/kit'
import { rpcClient } from '@deliveryflow/kit/rpc/client'
import { type Configure, nearest } from '../commands.ts'
import { Failure } from '../failure.ts'
import type { Globals } from '../options.ts'
import { printOne } from '../output.ts'
import { withTarget } from '../target.ts'

const contracts = new Map<string, RpcContract>(
  services.flatMap(({ answers }) => answers.map((answer) => [answer.subject, answer])),
)

const configure: Configure = (command) =>
  command
    .argument('<subject>', 'for example rpc.catalog.list; the prefix rpc. may be left out')
    .argument('[json]', 'the input', '{}')
    .option('--user <id>', 'on behalf of this user instead of as an administrator')
    .addHelpText(
      'after',
      `
Subjects, with the fields of their input:
${[...contracts.values()].map(({ subject, about }) => `  ${subject.padEnd(34)} ${about}`).join('\n')}

Example:
  dfctl rpc catalog.list '{"limit":3}'`,
    )
    .action(async (subject: string, json: string, options: { user?: string }, self) => {
      const globals = self.optsWithGlobals() as Globals
      const contract = contractOf(subject)
      const input = inputOf(contract, json)
      const caller = options.user
        ? { user_id: options.user, role: 'customer' as const }
        : { user_id: '00000000-0000-0000-0000-000000000000', role: 'admin' as const }
      await withTarget(globals, async (target) => {
        const call = rpcClient(await target.nats())
        const answer = await call(contract, input, { caller, timeout_ms: Math.min(globals.timeout, 30_000) })
        if (answer instanceof Rejection)
          throw new Failure(
            answer.code === 'not_found' ? 'not_found' : 'refused',
            `${contract.subject}: ${answer.detail}`,
          )
        printOne(globals.output === 'table' ? 'json' : globals.output, answer, (thing) => JSON.stringify(thing))
      })
    })

const contractOf = (word: string): RpcContract => {
  const contract = contracts.get(word) ?? contracts.get(`rpc.${word}`)
  if (contract) return contract
  const near = nearest(
    word.replace(/^rpc\./, ''),
    [...contracts.keys()].map((subject) => subject.slice(4)),
  )
  throw new Failure('usage', `Nobody answers ${word}`, {
    next: near ? `Did you mean ${near}?` : 'dfctl rpc --help lists every subject.',
  })
}

const inputOf = (contract: RpcContract, json: string) => {
  let given: unknown
  try {
    given = JSON.parse(json)
  } catch (error) {
    throw new Failure('usage', `The input is not JSON: ${json}`, { cause: error, next: `Write it like '{"limit":3}'.` })
  }
  const parsed = contract.input.safeParse(given)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Failure('usage', `${contract.subject} does not take this input`, {
    why: `${issue?.path.join('.') || 'the input'}: ${issue?.message}`,
  })
}

export default configure
