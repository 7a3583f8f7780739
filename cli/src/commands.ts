// Every command of dfctl with its summary; a command's code is loaded only when it is run.
import type { Command } from 'commander'
import { distance } from 'fastest-levenshtein'

/** Gives a command its arguments, options, help and action. */
export type Configure = (command: Command) => void

type Entry = { name: string; summary: string; load(): Promise<{ default: Configure }> }

export const commands: readonly Entry[] = [
  {
    name: 'check',
    summary: 'say what is wrong with an installation, and what helps',
    load: () => import('./commands/check.ts'),
  },
  {
    name: 'deploy',
    summary: 'install or complete an installation, and prove it with an order',
    load: () => import('./commands/deploy.ts'),
  },
  { name: 'diff', summary: 'show what deploy would change', load: () => import('./commands/diff.ts') },
  {
    name: 'upgrade',
    summary: 'move to another version without losing a request',
    load: () => import('./commands/upgrade.ts'),
  },
  { name: 'rollback', summary: 'go back to an earlier version', load: () => import('./commands/rollback.ts') },
  { name: 'undeploy', summary: 'remove an installation', load: () => import('./commands/undeploy.ts') },
  { name: 'status', summary: 'the whole installation on one screen', load: () => import('./commands/status.ts') },
  { name: 'scale', summary: 'set how many instances a service has', load: () => import('./commands/scale.ts') },
  {
    name: 'autoscale',
    summary: 'scale workers by how far they lag behind',
    load: () => import('./commands/autoscale.ts'),
  },
  { name: 'logs', summary: 'the logs of all services, merged by time', load: () => import('./commands/logs.ts') },
  {
    name: 'open',
    summary: 'reach the gateway or another part from this machine',
    load: () => import('./commands/open.ts'),
  },
  {
    name: 'prove',
    summary: 'place an order and follow it until it is paid',
    load: () => import('./commands/prove.ts'),
  },
  { name: 'order', summary: 'list orders, and explain one', load: () => import('./commands/order.ts') },
  { name: 'events', summary: 'watch events as they happen', load: () => import('./commands/events.ts') },
  {
    name: 'audit',
    summary: 'find something in the history, and prove that it is whole',
    load: () => import('./commands/audit.ts'),
  },
  {
    name: 'dlq',
    summary: 'dead letters: list, show, retry, drop',
    load: () => import('./commands/dlq.ts'),
  },
  {
    name: 'verify',
    summary: 'whether money, stock and the services agree',
    load: () => import('./commands/verify.ts'),
  },
  {
    name: 'reconcile',
    summary: 'refill the streams from what the services said, and mend orders about which they disagree',
    load: () => import('./commands/reconcile.ts'),
  },
  {
    name: 'streams',
    summary: 'streams and consumers, and how far they are',
    load: () => import('./commands/streams.ts'),
  },
  { name: 'rpc', summary: 'call a service over NATS', load: () => import('./commands/rpc.ts') },
  {
    name: 'bug-report',
    summary: 'collect states and logs in a zip, without secrets',
    load: () => import('./commands/bug-report.ts'),
  },
  {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    load: () => import('./commands/completion.ts'),
  },
  {
    name: 'version',
    summary: 'versions of dfctl, the charts and the cluster',
    load: () => import('./commands/version.ts'),
  },
]

/** The candidate that is most like a word, if any is like it at all. */
export const nearest = (word: string, candidates: readonly string[]): string | undefined => {
  const [best] = candidates
    .map((candidate) => ({ candidate, away: distance(word, candidate) }))
    .sort((a, b) => a.away - b.away)
  return best && best.away <= Math.max(2, word.length / 3) ? best.candidate : undefined
}
