// What a question over NATS is: subject, input, output, the refusals it may answer, and whether it may be asked again.
import type { z } from 'zod'
import type { ProblemCode } from './problem.ts'

/** The contract of one call. An `idempotent` call may be repeated by its caller when the outcome is unknown; `with_key` is one
 * that may when its input has an `idempotency_key`. One that is asked `on_behalf` of a user carries who that is, and is refused without. */
export type RpcContract<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Name extends string = string,
  OnBehalf extends boolean = boolean,
> = {
  readonly name: Name
  readonly subject: `rpc.${Name}` | `replay.${string}`
  readonly about: string
  readonly input: Input
  readonly output: Output
  readonly rejections: readonly ProblemCode[]
  readonly idempotent: boolean | 'with_key'
  readonly on_behalf: OnBehalf
}

export type InputOf<R extends RpcContract> = z.infer<R['input']>
export type OutputOf<R extends RpcContract> = z.infer<R['output']>

type RpcShape<Input extends z.ZodType, Output extends z.ZodType> = Omit<
  RpcContract<Input, Output>,
  'name' | 'subject' | 'on_behalf'
>

/** Declares `rpc.<name>`, which any service with the right may ask. */
export const rpc = <const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  name: Name,
  shape: RpcShape<Input, Output>,
): RpcContract<Input, Output, Name, false> => ({ name, subject: `rpc.${name}`, on_behalf: false, ...shape })

/** Declares `rpc.<name>`, which is asked on behalf of a signed-in user. */
export const userRpc = <const Name extends string, Input extends z.ZodType, Output extends z.ZodType>(
  name: Name,
  shape: RpcShape<Input, Output>,
): RpcContract<Input, Output, Name, true> => ({ name, subject: `rpc.${name}`, on_behalf: true, ...shape })
