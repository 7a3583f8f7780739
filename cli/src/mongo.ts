// Reads straight from review's MongoDB what no call answers. dfctl changes nothing behind a service's back.
import type { Db } from 'mongodb'

/** Milliseconds after which somebody who looks whether it is well may be told that it is not. */
const quick = 4000

/**
 * Runs `work` on one connection to the database of review, and closes it. `patience`: milliseconds for the connection. Throws what the
 * driver says.
 */
export const withMongo = async <T>(url: string, work: (db: Db) => Promise<T>, patience = quick): Promise<T> => {
  // Not with the program: the driver costs time and memory that few commands have a use for.
  const { MongoClient } = await import('mongodb')
  const client = new MongoClient(url, { appName: 'dfctl', serverSelectionTimeoutMS: patience, directConnection: true })
  try {
    // The database that the URL names, or the one that the service takes where it names none.
    return await work(client.db(/^mongodb(\+srv)?:\/\/[^/]+\/[^?]/.test(url) ? undefined : 'review'))
  } finally {
    await client.close()
  }
}
