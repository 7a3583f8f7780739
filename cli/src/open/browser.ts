// Opens an address in the browser of this machine.
import { spawn } from 'node:child_process'
import { say } from '../terminal.ts'

const opener = { darwin: 'open', win32: 'explorer' }[process.platform as string] ?? 'xdg-open'

/** Asks the system to open `url`; says so when there is nothing that can, for the address is printed anyway. */
export const openBrowser = (url: string): void => {
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true })
  child.on('error', () => say(`No browser could be opened: there is no ${opener}.`))
  child.unref()
}
