import assert from 'node:assert/strict'
import { it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ConsumerReading } from '@deliveryflow/kit/messaging/streams'
import { consumerSamples } from './samples.ts'
import { sharedReading } from './shared-reading.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
const consumer = (name: string, waiting: number, acknowledged: number | null) =>
  ({
    ...{ stream: 'EVENTS', name, reason: null },
    info:
      acknowledged === null
        ? null
        : { num_pending: waiting - 1, num_ack_pending: 1, ack_floor: { stream_seq: acknowledged } },
  }) as ConsumerReading

it('samples of a consumer are kept for ten minutes, those after a moment are told', () => {
  const samples = consumerSamples()
  for (let n = 0; n <= 130; n++) samples.keep([consumer('audit', n + 1, n), consumer('away', 1, null)], at(n * 5))
  const all = samples.of('EVENTS', 'audit')
  assert.deepEqual(
    [all.length, all[0], all.at(-1)],
    [121, [at(50).toISOString(), 11, 10], [at(650).toISOString(), 131, 130]],
  )
  assert.deepEqual(samples.of('EVENTS', 'audit', at(645).toISOString()), [[at(650).toISOString(), 131, 130]])
  assert.deepEqual(samples.of('EVENTS', 'away'), [], 'what could not be read is no sample')
  samples.keep([], at(2000))
  assert.deepEqual(samples.of('EVENTS', 'audit'), [], 'a consumer that is gone is forgotten')
})

it('a reading is shared by who asks meanwhile and shortly after, and one that failed is not kept', async () => {
  let reads = 0
  const read = sharedReading(50, async (fails: boolean) => {
    reads++
    await sleep(20)
    if (fails) throw new Error('away')
    return reads
  })
  assert.deepEqual(await Promise.all([read(false), read(false)]), [1, 1])
  assert.equal(await read(false), 1)
  await sleep(80)
  assert.equal(await read(false), 2)
  await sleep(80)
  await assert.rejects(Promise.all([read(true), read(true)]), /away/)
  assert.deepEqual([await read(false), reads], [4, 4])
})
