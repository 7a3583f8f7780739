// What a question over NATS is: subject, input, output, who may ask, the refusals it may answer, and whether it may be asked again.
import type { z } from 'zod'
import { type Access, accessRefusals } from './access.ts'
import type { ProblemCode } from './problem.ts'

/**
 * The contract of one call. An `idempotent` call may be repeated by its caller when the outcome is unknown; `with_key` is one that may when
 * its input has an `idempotency_key`. One whose `access` is not `public` is asked on behalf of a user: it carries who that is, and is refused
 * without, and to a role that it is not for, before its handler hears of it.
 */
export type RpcContract<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Name extends string = string,
  Asked extends Access = Access,
> = {
  readonly name: Name
  readonly subject: `rpc.${Name}` | `replay.${string}`
  readonly about: string
  readonly input: Input
  readonly output: Output
  readonly access: Asked
  readonly rejections: readonly ProblemCode[]
  readonly idempotent: boolean | 'with_key'
}

export type InputOf<R extends RpcContract> = z.infer<R['input']>
export type OutputOf<R extends RpcContract> = z.infer<R['output']>

type RpcShape<Input extends z.ZodType, Output extends z.ZodType> = Omit<
  RpcContract<Input, Output>,
  'name' | 'subject' | 'access'
>

const declare =
  <const Asked extends Access>(access: Asked) =>
  <const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
    name: Name,
    shape: RpcShape<Input, Output>,
  ): RpcContract<Input, Output, Name, Asked> => ({ name, subject: `rpc.${name}`, access, ...shape })

/** Declares `rpc.<name>`, which any service with the right may ask. */
export const rpc = declare('public')

/** Declares `rpc.<name>`, which is asked on behalf of a signed-in user. */
export const userRpc = declare('user')

/** Declares `rpc.<name>`, which is asked on behalf of a courier or an administrator. */
export const courierRpc = declare('courier')

/** Declares `rpc.<name>`, which is asked on behalf of an administrator. */
export const adminRpc = declare('admin')

/** Every refusal that a call itself may answer, those of who may ask included. */
export const refusalsOf = ({ access, rejections }: RpcContract): ProblemCode[] => [
  ...rejections,
  ...accessRefusals(access),
]
