// What verify found, as people read it.
import { color } from '../terminal.ts'
import { number } from '../values.ts'
import type { ArchiveJudgement } from './archive.ts'
import type { Judgement } from './verify.ts'

/** "1,234 records". */
export const count = (n: number, what: string) => `${number(n)} ${what}${n === 1 ? '' : 's'}`

/** The whole judgement. `pinned`: whether somebody said whom to trust. */
export const judgementText = (judgement: Judgement, pinned: boolean): string => {
  const { records, checkpoints, unproved, unsealed, last, findings, more, keys } = judgement
  const lines = findings.map(
    ({ sequence, last: end, what, detail }) =>
      `${color.red(`✘ ${what} ${sequence}${end ? ` to ${end}` : ''}`)}: ${detail}`,
  )
  if (more > 0) lines.push(color.red(`✘ and ${count(more, 'more')}`))
  if (findings.length === 0)
    lines.push(color.green(`✔ ${count(records - unsealed - unproved, 'record')}, each as it was sealed`))
  lines.push(
    `  ${count(checkpoints, 'checkpoint')} signed by ${keys.join(', ') || 'nobody'}${pinned ? '' : ' (named by the history itself; --key says whom to trust)'}`,
  )
  if (last) lines.push(`  the chain ends at ${last.sequence} with ${last.link}`)
  if (unproved > 0) lines.push(color.yellow(`  ${count(unproved, 'record')} from before there was a chain`))
  if (unsealed > 0) lines.push(color.yellow(`  ${count(unsealed, 'record')} not sealed yet`))
  return lines.join('\n')
}

/** What was found in the archive. */
export const archiveText = (judgement: ArchiveJudgement): string => {
  const { segments, records, checkpoints, unknown, findings, more, damage } = judgement
  const lines = findings.map(
    ({ segment, sequence, last, what, detail }) =>
      `${color.red(`✘ ${what} ${sequence}${last ? ` to ${last}` : ''}`)}: ${detail}${segment ? ` (${segment})` : ''}`,
  )
  for (const { segment, line, detail } of damage)
    lines.push(`${color.red(`✘ ${segment}`)}${line === null ? '' : `, line ${line}`}: ${detail}`)
  if (more > 0) lines.push(color.red(`✘ and ${count(more, 'more')}`))
  if (lines.length === 0)
    lines.push(
      color.green(`✔ ${count(segments, 'segment')} of the archive, ${count(records, 'record')}, each as it was sealed`),
    )
  lines.push(`  ${count(checkpoints, 'checkpoint')} signed`)
  if (unknown > 0)
    lines.push(
      color.yellow(
        `  the index does not know of ${count(unknown, 'segment')}: dfctl audit archive restore gives them back`,
      ),
    )
  return lines.join('\n')
}
