// A NATS connection that asks the server what it permits, in the protocol itself: a client library hides some refusals.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** What can be asked of a connection. */
export type Probe = {
  /** Whether a message to this subject is taken. `reply`: where the answer is wanted. */
  publish(subject: string, reply?: string): Promise<boolean>
  /** Whether the subject, which may have wildcards, can be heard. What was heard stays so. */
  subscribe(subject: string): Promise<boolean>
  /** Resolves with the reply subject of the next message that is heard. */
  heard(): Promise<string>
  close(): void
}

/** Signs in. Throws what the server says when it does not let the user in, and an error after 5 s without an answer. */
export const openProbe = async (port: number, user: string, pass: string): Promise<Probe> => {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay()
  await once(socket, 'connect')
  const lines = reader(socket)
  const identity = { user, pass, verbose: false, pedantic: false, headers: false, no_responders: false, echo: true }
  const refusal = await lines.ask(`CONNECT ${JSON.stringify(identity)}`)
  if (refusal !== undefined) throw new Error(`NATS refuses ${user}: ${refusal}`)
  let subscription = 0
  const asks = async (command: string) => {
    const problem = await lines.ask(command)
    if (problem !== undefined && !/^-ERR 'Permissions Violation/.test(problem)) throw new Error(problem)
    return problem === undefined
  }
  return {
    publish: (subject, reply = '') => asks(`PUB ${subject} ${reply} 0\r\n`),
    subscribe: (subject) => asks(`SUB ${subject} ${++subscription}`),
    heard: lines.heard,
    close: () => socket.destroy(),
  }
}

/** Splits what comes into lines: refusals are kept until the PONG behind them, messages until somebody wants them. */
const reader = (socket: Socket) => {
  let rest = ''
  let refusal: string | undefined
  let failed: Error | undefined
  const pongs: (() => void)[] = []
  const replies: string[] = []
  const wanting: { resolve(reply: string): void; reject(error: Error): void }[] = []
  const take = (line: string) => {
    const [word, ...words] = line.split(' ')
    if (word === '-ERR') refusal ??= line
    else if (word === 'PING') socket.write('PONG\r\n')
    else if (word === 'PONG') pongs.shift()?.()
    else if (word === 'MSG') {
      // MSG subject sid [reply] size
      const reply = words.length === 4 ? (words[2] ?? '') : ''
      const next = wanting.shift()
      if (next === undefined) replies.push(reply)
      else next.resolve(reply)
    }
  }
  const end = (error: Error) => {
    failed ??= error
    for (const pong of pongs.splice(0)) pong()
    for (const { reject } of wanting.splice(0)) reject(failed)
  }
  socket.on('data', (data) => {
    const lines = (rest + data.toString()).split('\r\n')
    rest = lines.pop() ?? ''
    for (const line of lines) take(line)
  })
  socket.on('error', end)
  socket.on('close', () => end(new Error('the server closed the connection')))
  socket.setTimeout(5000, () => socket.destroy(new Error('no answer from the server within 5 s')))
  return {
    /** Sends a command; resolves with the refusal that came before the server's PONG to the PING behind it. */
    async ask(command: string): Promise<string | undefined> {
      if (failed === undefined) {
        const answered = new Promise<void>((resolve) => pongs.push(resolve))
        socket.write(`${command}\r\nPING\r\n`)
        await answered
      }
      const found = refusal
      refusal = undefined
      if (found === undefined && failed !== undefined) throw failed
      return found
    },
    heard: async () =>
      replies.shift() ?? (await new Promise<string>((resolve, reject) => wanting.push({ resolve, reject }))),
  }
}
