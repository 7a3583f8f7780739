// Looks behind the API of a running system: into a service's database, and at the letters that were caught.
import pg from 'pg'
import type { TestSystem } from './system.ts'

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
