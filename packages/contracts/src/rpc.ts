// What a question over NATS is: subject, input, output, the refusals it may answer, and whether it may be asked again.
import type { z } from 'zod'
import type { ProblemCode } from './problem.ts'

/** The contract of one call. An `idempotent` call may be retried by its caller when the outcome is unknown. */
export type RpcContract<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> = {
  readonly subject: string
  readonly about: string
  readonly input: Input
  readonly output: Output
  readonly rejections: readonly ProblemCode[]
  readonly idempotent: boolean
}

export type InputOf<R extends RpcContract> = z.infer<R['input']>
export type OutputOf<R extends RpcContract> = z.infer<R['output']>

/** Declares `rpc.<name>`. */
export const rpc = <Input extends z.ZodType, Output extends z.ZodType>(
  name: string,
  shape: Omit<RpcContract<Input, Output>, 'subject'>,
): RpcContract<Input, Output> => ({ subject: `rpc.${name}`, ...shape })
