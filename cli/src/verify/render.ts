// How people read what does not hold.
import { color } from '../terminal.ts'
import { number } from '../values.ts'
import type { Disagreement } from './orders.ts'

/** People get so many lines of one kind; the others are in the JSON. */
const shown = 20

/** A part of what was looked at: well, or with a line for each thing that is not. */
export const partText = (title: string, wrong: readonly string[]): string =>
  wrong.length === 0
    ? `${color.green('✔')} ${title}`
    : [
        `${color.red('✘')} ${title}`,
        ...wrong.slice(0, shown).map((line) => `    ${line}`),
        ...(wrong.length > shown ? [`    and ${number(wrong.length - shown)} more: -o json`] : []),
      ].join('\n')

/** What does not fit, why the repair is the one that helps, and its command. */
export const disagreementText = ({ order_id, what, repair, next }: Disagreement): string =>
  `${order_id}: ${what}\n      why: ${repair.why}\n      do:  ${next}`
