// Reads a JSON body once, within its limits; whether its fields fit is input.ts's.
import { type Rejection, reject } from '@deliveryflow/kit'
import { bodyParser } from '@koa/bodyparser'
import type { Context } from 'koa'

const limitKb = 100
const parse = bodyParser({ enableTypes: ['json'], jsonLimit: `${limitKb}kb`, jsonStrict: true })
const done = async () => undefined

/**
 * Leaves the parsed body in `request.body`; a request without one gets `{}`. The refusal: 413 above 100 KB (unpacked), 415
 * for anything but JSON or an unknown encoding, 400 for what is no JSON object or array.
 */
export const readBody = async (http: Context): Promise<Rejection | undefined> => {
  const type = http.request.length === 0 ? null : http.is('application/json')
  if (type === null) http.request.body = {}
  if (type === false) return unsupported('Send the body as application/json.')
  try {
    await parse(http, done)
    return undefined
  } catch (error) {
    const status = error instanceof Error && 'status' in error ? error.status : undefined
    if (status === 413) {
      http.set('Connection', 'close') // The rest of a large body is not worth reading.
      return reject('body_too_large', `The body may hold up to ${limitKb} KB.`)
    }
    if (status === 415) return unsupported('The Content-Encoding is not known; gzip, deflate and br are.')
    const reason = error instanceof SyntaxError ? error.message : 'it cannot be read'
    return reject('invalid_request', `The body is not a JSON object: ${reason}.`, {
      errors: [{ path: '', message: 'is not a JSON object' }],
    })
  }
}

const unsupported = (detail: string) => reject('unsupported_media_type', detail)
