// Where segments of the history are kept for good: a folder or a bucket. What is in them is not its matter.
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { Unavailable } from '@deliveryflow/kit'
import { reasonOf } from '@deliveryflow/kit/reason'
import { z } from 'zod'

/** Keeps whole objects under their names. Every operation rejects while the storage is away. */
export type Archive = {
  /** Where it is, for people. */
  readonly place: string
  /** Keeps an object; false, and nothing is changed, where one of this name is there. None is ever there in part. */
  put(name: string, content: Uint8Array): Promise<boolean>
  /** The bytes of an object; null where there is none. */
  read(name: string): Promise<Readable | null>
  /** Names behind another one, in their order, `limit` at most. */
  names(behind: string, limit: number): Promise<string[]>
}

const isArchiveUrl = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, host, pathname, username, search, hash } = new URL(text)
  if (username || search || hash) return false
  return protocol === 's3:' ? host !== '' : protocol === 'file:' && host === '' && pathname !== '/'
}

/** The settings of audit that say where the archive is. */
export const archiveSettings = {
  ARCHIVE_URL: z
    .string()
    .refine(isArchiveUrl, 'file:///absolute/folder or s3://bucket/prefix; credentials have settings of their own')
    .optional()
    .describe('where the history is archived: file:///folder or s3://bucket/prefix; none: it is not'),
  ARCHIVE_ENDPOINT: z
    .url({ protocol: /^https?$/, error: 'a URL that begins with http:// or https://' })
    .optional()
    .describe("of a storage that is compatible with S3; none: Amazon's"),
  ARCHIVE_REGION: z.string().min(1).default('us-east-1').describe('of the bucket'),
}

export type ArchiveSettings = z.infer<z.ZodObject<typeof archiveSettings>>

/** Opens the archive of the settings, without asking it anything; null where none is set. While it is away it throws Unavailable. */
export const openArchive = async (settings: ArchiveSettings): Promise<Archive | null> => {
  if (settings.ARCHIVE_URL === undefined) return null
  const archive = await storageOf(settings, settings.ARCHIVE_URL)
  const told = (error: unknown) => {
    throw new Unavailable(`The archive ${archive.place} does not answer: ${reasonOf(error)}`, { cause: error })
  }
  return {
    place: archive.place,
    put: (name, content) => archive.put(name, content).catch(told),
    read: (name) => archive.read(name).catch(told),
    names: (behind, limit) => archive.names(behind, limit).catch(told),
  }
}

const storageOf = async ({ ARCHIVE_ENDPOINT, ARCHIVE_REGION }: ArchiveSettings, ARCHIVE_URL: string) => {
  const url = new URL(ARCHIVE_URL)
  if (url.protocol === 'file:') return (await import('./disk.ts')).archiveOnDisk(fileURLToPath(url))
  const prefix = url.pathname.replace(/^\/|\/$/g, '')
  // The SDK takes 35 MB of memory and a third of a second: only who archives to S3 loads it.
  const { archiveInBucket } = await import('./s3.ts')
  return archiveInBucket({ bucket: url.host, prefix, endpoint: ARCHIVE_ENDPOINT, region: ARCHIVE_REGION })
}
