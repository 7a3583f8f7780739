// A running system for a test file: that of the test run when there is one, else its own.
import { after } from 'node:test'
import type { System } from '@deliveryflow/local/system'
import { describeSystem, handedSystem, startTestSystem, type TestSystem } from './system.ts'

export { type CaughtLetter, lettersTo, query } from './backends.ts'
export type { TestSystem } from './system.ts'

let started: System | undefined
// At the root of the file: a hook registered from within a suite would run at that suite's end.
after(async () => {
  await started?.stop()
})

/** The system of this test run; started, and stopped after the file, when nobody did it before. */
export const testSystem = async (): Promise<TestSystem> => {
  const handed = handedSystem()
  if (handed) return handed
  started ??= await startTestSystem()
  return describeSystem(started)
}
