// Cuts a batch into groups of one type that can be handled set by set without changing the order of any aggregate.
import type { Message } from './envelope.ts'

/**
 * Groups of messages of one type, to be handled one group after the other. Within an aggregate the order is that of the
 * batch: a message goes into a later layer than the message of another type before it. A batch in which every aggregate
 * appears once becomes as many groups as it has types.
 */
export const layersOf = (batch: readonly Message[]): Message[][] => {
  const last = new Map<string, { layer: number; type: string }>()
  const layers: Map<string, Message[]>[] = []
  for (const message of batch) {
    const before = last.get(message.aggregate)
    const layer = before === undefined ? 0 : before.type === message.type ? before.layer : before.layer + 1
    last.set(message.aggregate, { layer, type: message.type })
    layers[layer] ??= new Map()
    const group = layers[layer].get(message.type)
    if (group) group.push(message)
    else layers[layer].set(message.type, [message])
  }
  return layers.flatMap((layer) => [...layer.values()])
}
