// A service's connection to MongoDB: it fails soon when the server is away, and its collections are ready before their first use.
// Not exported by the kit's index: the driver costs 30 MB, so only the service that owns a MongoDB loads it.
import { type Db, MongoClient, MongoServerError } from 'mongodb'

export type Mongo = {
  /** The database with its indexes made. Throws what the driver says while there is none. */
  database(): Promise<Db>
  /** Resolves when MongoDB answers; throws what the driver says otherwise. */
  ping(): Promise<void>
  close(): Promise<void>
}

export type MongoOptions = {
  url: string
  /** Names the connection, and the database where the URL names none. */
  service: string
  /** Makes the indexes; must do no harm when run again. */
  prepare(db: Db): Promise<void>
}

/**
 * Opens a connection when it is first needed. `prepare` runs until it once succeeded, before anything else may use the
 * database: a unique index that is a rule of the business must not be missing because MongoDB was late. Every wait is
 * bounded to seconds; `isConnectionError` knows the errors that this leads to. Throws on a URL that cannot be read.
 */
export const openMongo = ({ url, service, prepare }: MongoOptions): Mongo => {
  const client = new MongoClient(url, {
    appName: service,
    serverSelectionTimeoutMS: 2000,
    connectTimeoutMS: 2000,
    waitQueueTimeoutMS: 2000,
    socketTimeoutMS: 10_000,
    writeConcern: { w: 'majority', journal: true },
  })
  const db = client.db(namesDatabase.test(url) ? undefined : service)
  let prepared: Promise<void> | undefined
  return {
    database: async () => {
      prepared ??= prepare(db)
      try {
        await prepared
      } catch (error) {
        prepared = undefined
        throw error
      }
      return db
    },
    ping: async () => void (await db.command({ ping: 1 })),
    close: () => client.close(),
  }
}

const namesDatabase = /^mongodb(\+srv)?:\/\/[^/]+\/[^?]/

/** Whether a write was refused because a document with the same unique key is there already. */
export const isDuplicateKey = (error: unknown): boolean => error instanceof MongoServerError && error.code === 11_000
