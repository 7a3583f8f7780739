// The archive in a bucket of S3, or of a storage that is compatible with it. Credentials are the SDK's own matter: its variables, or a role.
import { hash } from 'node:crypto'
import { Readable } from 'node:stream'
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { Unavailable } from '@deliveryflow/kit'
import type { Archive } from './storage.ts'

export type Bucket = { bucket: string; prefix: string; endpoint: string | undefined; region: string }

/** Milliseconds for an answer; a stream that stands still for so long fails too. */
const patience = 30_000

/** The archive under a prefix of a bucket, which must be there. */
export const archiveInBucket = ({ bucket, prefix, endpoint, region }: Bucket): Archive => {
  const client = new S3Client({
    region,
    ...(endpoint && { endpoint, forcePathStyle: true }),
    // Each object is put with its SHA-256; checksums of other kinds are unknown to many that are compatible with S3.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: 5000, socketTimeout: patience },
  })
  const folder = prefix && `${prefix}/`
  return {
    place: `s3://${bucket}/${prefix}${endpoint ? ` at ${endpoint}` : ''}`,
    put: async (name, content) => {
      const object = { Bucket: bucket, Key: `${folder}${name}`, Body: content, ContentType: 'application/gzip' }
      const ChecksumSHA256 = hash('sha256', content, 'base64')
      try {
        await inTime((options) =>
          client.send(new PutObjectCommand({ ...object, ChecksumSHA256, IfNoneMatch: '*' }), options),
        )
        return true
      } catch (error) {
        if (error instanceof Error && error.name === 'PreconditionFailed') return false
        throw error
      }
    },
    read: async (name) => {
      try {
        const object = { Bucket: bucket, Key: `${folder}${name}` }
        const { Body } = await inTime((options) => client.send(new GetObjectCommand(object), options))
        if (Body instanceof Readable) return Body
        throw new Error(`${name} came without a body.`)
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return null
        throw error
      }
    },
    names: async (behind, limit) => {
      const range = {
        Prefix: folder,
        Delimiter: '/',
        ...(behind && { StartAfter: `${folder}${behind}` }),
        MaxKeys: limit,
      }
      const { Contents = [] } = await inTime((options) =>
        client.send(new ListObjectsV2Command({ Bucket: bucket, ...range }), options),
      )
      return Contents.flatMap(({ Key }) => (Key === undefined ? [] : [Key.slice(folder.length)]))
    },
  }
}

/** Until the answer has begun: how long whoever reads takes for its body is not known here. */
const inTime = async <T>(ask: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> => {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), patience)
  try {
    return await ask({ abortSignal: late.signal })
  } catch (error) {
    if (!late.signal.aborted) throw error
    throw new Unavailable(`It gave no answer within ${patience / 1000} s.`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}
