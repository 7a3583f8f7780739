// Kubernetes' quantities as numbers, and what pods ask for in all.
import type { V1Container, V1PodSpec } from '@kubernetes/client-node'

const scale: Record<string, number> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

/** "250m" is 0.25, "1Gi" is 1073741824; anything that is no quantity is 0. */
export const quantity = (text: string | number | undefined): number => {
  const [, number, unit = ''] = /^([\d.]+(?:[eE]\d+)?)([a-zA-Z]*)$/.exec(String(text ?? '')) ?? []
  return Number(number ?? 0) * (scale[unit] ?? 0)
}

/** Processors and bytes. */
export type Room = { cpu: number; memory: number }

export const addRooms = (rooms: readonly Room[]): Room =>
  rooms.reduce((sum, { cpu, memory }) => ({ cpu: sum.cpu + cpu, memory: sum.memory + memory }), { cpu: 0, memory: 0 })

/** What a resource list of Kubernetes says. */
export const roomOf = (resources: Readonly<Record<string, string>> | undefined): Room => ({
  cpu: quantity(resources?.cpu),
  memory: quantity(resources?.memory),
})

/** What a pod asks for: its containers together, or its greatest init container where that is more. */
export const requestsOf = ({ containers = [], initContainers = [] }: Partial<V1PodSpec>): Room => {
  const of = (container: V1Container) => roomOf(container.resources?.requests)
  const together = addRooms(containers.map(of))
  return {
    cpu: Math.max(together.cpu, ...initContainers.map((container) => of(container).cpu)),
    memory: Math.max(together.memory, ...initContainers.map((container) => of(container).memory)),
  }
}
