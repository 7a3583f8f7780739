// Records where a Node process spends its processor time, through its inspector, for exactly as long as it is asked to.
import { writeFileSync } from 'node:fs'

type Frame = { functionName: string; url: string; lineNumber: number }
type CpuProfile = {
  nodes: { id: number; callFrame: Frame }[]
  samples: number[]
  timeDeltas: number[]
}

/** One function and its own share of the busy time, without what it called. */
export type Hot = { share: number; ms: number; what: string }

/** Starts recording the process whose inspector listens on `port`. `stop` writes a .cpuprofile and returns the hottest functions. */
export const startProfile = async (port: number) => {
  const answer = await fetch(`http://127.0.0.1:${port}/json/list`)
  const [target] = (await answer.json()) as { webSocketDebuggerUrl: string }[]
  if (!target) throw new Error(`no Node process has its inspector on port ${port}`)
  const socket = new WebSocket(target.webSocketDebuggerUrl)
  const waiting = new Map<number, (result: unknown) => void>()
  await new Promise((resolve, reject) => {
    socket.onopen = resolve
    socket.onerror = () => reject(new Error(`the inspector on port ${port} does not answer`))
  })
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
    stop: async (file: string): Promise<Hot[]> => {
      const { profile } = await call<{ profile: CpuProfile }>('Profiler.stop')
      socket.close()
      writeFileSync(file, JSON.stringify(profile))
      return hottest(profile)
    },
  }
}

/** Functions by their own time, the largest first; waiting is left out, both of the shares and of the list. */
const hottest = ({ nodes, samples, timeDeltas }: CpuProfile): Hot[] => {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  samples.forEach((id, index) => {
    const name = names.get(id) ?? '(unknown)'
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[index] ?? 0) / 1000)
  })
  times.delete('(idle)')
  const busy = [...times.values()].reduce((sum, ms) => sum + ms, 0)
  return [...times].map(([what, ms]) => ({ what, ms: Math.round(ms), share: ms / busy })).sort((a, b) => b.ms - a.ms)
}

const nameOf = ({ functionName, url, lineNumber }: Frame) => {
  const place = url.replace(/^.*\/node_modules\//, '').replace(/^file:\/\/.*?\/(?=packages|services|local|load)/, '')
  return `${functionName || '(anonymous)'} ${place === '' ? '' : `${place}:${lineNumber + 1}`}`.trim()
}
