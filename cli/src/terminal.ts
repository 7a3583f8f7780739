// What a person at a terminal sees while a command works, and is asked: on stderr, never mixed with the answer on stdout.
import { createInterface } from 'node:readline/promises'
import pc from 'picocolors'

const mode = { quiet: false, verbose: false }

/** Sets how much is told; once, before a command runs. */
export const setTalk = (how: Partial<typeof mode>): void => void Object.assign(mode, how)

/** Colours of stdout's and stderr's text; none without a terminal, with NO_COLOR or TERM=dumb. FORCE_COLOR turns them on. */
export const color = pc.createColors(
  (process.env.FORCE_COLOR !== undefined && process.env.FORCE_COLOR !== '0') ||
    (process.env.NO_COLOR === undefined && process.env.TERM !== 'dumb' && process.stdout.isTTY === true),
)

const live = () => process.stderr.isTTY === true && process.env.CI === undefined && process.env.TERM !== 'dumb'

/** How many steps turn right now: what is written between goes over their line. */
let turningSteps = 0
const clear = () => (turningSteps > 0 ? '\r\x1b[2K' : '')

/** One line about what is going on. */
export const say = (line: string): void => {
  if (!mode.quiet) process.stderr.write(`${clear()}${line}\n`)
}

/** A line for those who asked to see what is called. */
export const trace = (line: string): void => {
  if (mode.verbose) process.stderr.write(`${clear()}${color.dim(`+ ${line}`)}\n`)
}

/** A step that takes a while: a line that turns on a terminal, a plain line every few seconds elsewhere. */
export type Progress = { update(text: string): void; done(text?: string): void; fail(text?: string): void }

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']
const plainEvery = 5000

/** Begins a step. `done` and `fail` end it with a mark and the time it took. */
export const progress = (title: string): Progress => {
  if (mode.quiet) return { update: () => undefined, done: () => undefined, fail: () => undefined }
  const started = performance.now()
  const turning = live()
  if (turning) turningSteps++
  let detail = ''
  let frame = 0
  const line = () => (detail === '' ? title : `${title}: ${detail}`)
  const timer = setInterval(
    () => {
      if (turning) process.stderr.write(`\r\x1b[2K${frames[frame++ % frames.length]} ${line()}`)
      else process.stderr.write(`  … ${line()} (${seconds(started)})\n`)
    },
    turning ? 100 : plainEvery,
  )
  timer.unref()
  const end = (mark: string, text?: string) => {
    clearInterval(timer)
    process.stderr.write(clear())
    if (turning) turningSteps--
    process.stderr.write(`${mark} ${text ?? title} ${color.dim(`(${seconds(started)})`)}\n`)
  }
  return {
    update: (text) => {
      detail = text
    },
    done: (text) => end(color.green('✔'), text),
    fail: (text) => end(color.red('✘'), text),
  }
}

/**
 * Runs work as a step that fails when it throws, or when it says so with `fail` and goes on. `conclude` says how it ended, in the place of
 * the title.
 */
export const during = async <T>(
  title: string,
  work: (step: { update(text: string): void; conclude(text: string): void; fail(): void }) => Promise<T>,
): Promise<T> => {
  const step = progress(title)
  let end: string | undefined
  let well = true
  try {
    const result = await work({
      update: step.update,
      conclude: (text) => {
        end = text
      },
      fail: () => {
        well = false
      },
    })
    if (well) step.done(end)
    else step.fail(end)
    return result
  } catch (error) {
    step.fail()
    throw error
  }
}

/** Whether somebody is there to be asked. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stderr.isTTY === true

/** What is typed in answer to a question. */
export const answerTo = async (question: string): Promise<string> => {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  try {
    return (await terminal.question(`${question} `)).trim()
  } finally {
    terminal.close()
  }
}

const seconds = (started: number) => `${((performance.now() - started) / 1000).toFixed(1)} s`
