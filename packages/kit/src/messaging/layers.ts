// Cuts a batch into groups of one kind that can be handled set by set without changing the order of any aggregate.
import type { Message } from './envelope.ts'

/**
 * Groups of messages of one kind, which is their type unless `kindOf` says otherwise, to be handled one group after the
 * other. Within an aggregate the order is that of the batch: a message goes into a later layer than the message of another
 * kind before it. A batch in which every aggregate appears once becomes as many groups as it has kinds.
 */
export const layersOf = (
  batch: readonly Message[],
  kindOf: (message: Message) => unknown = ({ type }) => type,
): Message[][] => {
  const last = new Map<string, { layer: number; kind: unknown }>()
  const layers: Map<unknown, Message[]>[] = []
  for (const message of batch) {
    const kind = kindOf(message)
    const before = last.get(message.aggregate)
    const layer = before === undefined ? 0 : before.kind === kind ? before.layer : before.layer + 1
    last.set(message.aggregate, { layer, kind })
    layers[layer] ??= new Map()
    const group = layers[layer].get(kind)
    if (group) group.push(message)
    else layers[layer].set(kind, [message])
  }
  return layers.flatMap((layer) => [...layer.values()])
}
