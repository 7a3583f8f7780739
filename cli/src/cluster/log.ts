// The log of one container, line by line, as the Kubernetes API streams it.
import { request as httpRequest } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import { createInterface } from 'node:readline'
import { Failure } from '../failure.ts'
import type { Cluster } from './client.ts'

export type LogOptions = {
  follow?: boolean
  previous?: boolean
  tail?: number
  since?: Date
  stop?: AbortSignal
}

/** Each line with the time at which the container wrote it. */
export type StampedLine = { stamp: string; text: string }

/**
 * Streams the log of a container. Ends with the container, with `stop`, or when the connection is lost: who follows asks
 * again from the last line on. A Failure says why there is no log. Not the client library's own way: that one ends a quiet
 * stream after five minutes and throws where nobody can catch it.
 */
export async function* containerLog(
  { config, namespace }: Cluster,
  pod: string,
  container: string,
  { follow = false, previous = false, tail, since, stop }: LogOptions,
): AsyncGenerator<StampedLine> {
  const url = new URL(`${config.getCurrentCluster()?.server}/api/v1/namespaces/${namespace}/pods/${pod}/log`)
  const query = { container, timestamps: true, follow, previous, tailLines: tail, sinceTime: since?.toISOString() }
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
  const options: RequestOptions = { ...(stop ? { signal: stop } : {}) }
  await config.applyToHTTPSOptions(options)
  const request = (url.protocol === 'http:' ? httpRequest : httpsRequest)(url, options)
  try {
    const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
      request.once('response', resolve)
      request.on('error', reject)
      request.end()
    })
    // A connection that breaks ends the log; the reader below sees its end.
    response.on('error', () => undefined)
    if (response.statusCode !== 200) {
      const body = (await response.toArray()).join('')
      throw new Failure('failed', `The log of ${pod} cannot be read`, { why: reasonIn(body) })
    }
    for await (const line of createInterface({ input: response, crlfDelay: Number.POSITIVE_INFINITY })) {
      const space = line.indexOf(' ')
      yield space < 0 ? { stamp: line, text: '' } : { stamp: line.slice(0, space), text: line.slice(space + 1) }
    }
  } catch (error) {
    if (stop?.aborted) return
    throw error
  } finally {
    request.destroy()
  }
}

const reasonIn = (body: string): string => {
  try {
    return JSON.parse(body).message ?? body
  } catch {
    return body
  }
}
