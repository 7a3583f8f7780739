// A running system for a test file: that of the test run when there is one, else its own; and looks behind its API.
import { after } from 'node:test'
import type { System } from '@deliveryflow/local/system'
import pg from 'pg'
import { describeSystem, handedSystem, startTestSystem, type TestSystem } from './system.ts'

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

/** Runs one query against a service's database. */
export const query = async <Row extends pg.QueryResultRow>(
  url: string | undefined,
  text: string,
  values: unknown[] = [],
) => {
  const client = new pg.Client(url)
  await client.connect()
  try {
    return (await client.query<Row>(text, values)).rows
  } finally {
    await client.end()
  }
}

/** A letter as the catcher received it. */
export type CaughtLetter = { to: string[]; subject: string; message_id: string; text: string }

/** The letters to one address, oldest first. */
export const lettersTo = async (system: Pick<TestSystem, 'mail_page_url'>, email: string): Promise<CaughtLetter[]> => {
  const answer = await fetch(`${system.mail_page_url}/api/letters?to=${encodeURIComponent(email)}&limit=1000`)
  const { letters } = (await answer.json()) as { letters: CaughtLetter[] }
  return letters.reverse()
}
