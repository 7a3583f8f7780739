import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { type ScratchStream, scratchStream } from '@deliveryflow/local/testing'
import { browse } from './browse.ts'

describe('browsing a stream', () => {
  let stream: ScratchStream
  before(async () => {
    stream = await scratchStream()
    for (let n = 1; n <= 6; n++) await stream.js.publish(`${stream.prefix}.${n % 2 ? 'odd' : 'even'}`, String(n))
  })
  after(() => stream.drop())

  const seen = async (which?: Parameters<typeof browse>[2], most?: number) => {
    const words: string[] = []
    for await (const message of browse(stream.js, stream.name, which, most)) words.push(message.string())
    return words
  }

  it('gives what lies in it, in order, and again the next time', async () => {
    assert.deepEqual(await seen(), ['1', '2', '3', '4', '5', '6'])
    assert.deepEqual(await seen(), ['1', '2', '3', '4', '5', '6'])
  })
  it('gives only what is asked for', async () => {
    assert.deepEqual(await seen({ filter_subjects: `${stream.prefix}.even` }), ['2', '4', '6'])
    assert.deepEqual(await seen({}, 2), ['1', '2'])
    assert.deepEqual(await seen({ headers_only: true }, 1), [''])
  })
  it('ends at once where nothing lies', async () => {
    assert.deepEqual(await seen({ filter_subjects: `${stream.prefix}.none` }), [])
  })
  it('has no stream that is not there', async () => {
    await assert.rejects(browse(stream.js, 'NOWHERE').next(), /stream not found/)
  })
})
