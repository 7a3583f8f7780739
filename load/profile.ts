// Records where a Node process spends its processor time, through its inspector, for exactly as long as it is asked to.
import { writeFileSync } from 'node:fs'

type Node = {
  id: number
  callFrame: { functionName: string; url: string; lineNumber: number }
  children?: number[]
}
type CpuProfile = { nodes: Node[]; samples: number[]; timeDeltas: number[] }

/** A share of the busy time, and milliseconds. */
export type Hot = { what: string; share: number; ms: number }

/** `functions`: by their own time. `packages`: the same time, what Node itself did counted to the package that called it. */
export type Profile = { functions: Hot[]; packages: Hot[] }

/** Starts recording the process whose inspector listens on `port`; `stop` also writes a .cpuprofile for Chrome or an editor. */
export const startProfile = async (port: number) => {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`)
  const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[]
  if (!target) throw new Error(`no Node process has its inspector on port ${port}`)
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`the inspector on port ${port} does not answer`))
  })
  const waiting = new Map<number, (result: unknown) => void>()
  socket.onmessage = ({ data }) => {
    const { id, result } = JSON.parse(String(data))
    waiting.get(id)?.(result)
  }
  let last = 0
  const call = <T>(method: string, params = {}) =>
    new Promise<T>((resolve) => {
      const id = ++last
      waiting.set(id, (result) => resolve(result as T))
      socket.send(JSON.stringify({ id, method, params }))
    })
  await call('Profiler.enable')
  await call('Profiler.setSamplingInterval', { interval: 500 })
  await call('Profiler.start')
  return {
    stop: async (file: string): Promise<Profile> => {
      const { profile } = await call<{ profile: CpuProfile }>('Profiler.stop')
      socket.close()
      writeFileSync(file, JSON.stringify(profile))
      return summarise(profile)
    },
  }
}

const summarise = ({ nodes, samples, timeDeltas }: CpuProfile): Profile => {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)))
  const callerOf = (node: Node) => byId.get(parents.get(node.id) ?? -1)
  const packageAbove = (node: Node | undefined): string =>
    node === undefined ? 'Node itself' : (packageOf(node) ?? packageAbove(callerOf(node)))
  const functions = new Map<string, number>()
  const packages = new Map<string, number>()
  const add = (to: Map<string, number>, name: string, ms: number) => to.set(name, (to.get(name) ?? 0) + ms)
  samples.forEach((id, index) => {
    const node = byId.get(id)
    const ms = (timeDeltas[index] ?? 0) / 1000
    if (node === undefined || node.callFrame.functionName === '(idle)') return
    add(functions, nameOf(node), ms)
    const isEngine = node.callFrame.functionName.startsWith('(') && node.callFrame.url === ''
    add(packages, isEngine ? node.callFrame.functionName : packageAbove(node), ms)
  })
  return { functions: shares(functions), packages: shares(packages) }
}

const shares = (times: Map<string, number>): Hot[] => {
  const busy = [...times.values()].reduce((sum, ms) => sum + ms, 0)
  return [...times]
    .map(([what, ms]) => ({ what, share: ms / busy, ms: Math.round(ms) }))
    .sort((one, other) => other.ms - one.ms)
}

const packageOf = ({ callFrame: { url } }: Node): string | undefined =>
  /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ??
  /\/(packages\/[^/]+\/src\/[^/]+|packages\/[^/]+|services\/[^/]+)/.exec(url)?.[1]

const nameOf = ({ callFrame: { functionName, url, lineNumber } }: Node): string => {
  const place = url.replace(/^.*\/node_modules\//, '').replace(/^file:\/\/.*?\/(?=packages\/|services\/)/, '')
  return `${functionName || '(anonymous)'}${place === '' ? '' : ` ${place}:${lineNumber + 1}`}`
}
