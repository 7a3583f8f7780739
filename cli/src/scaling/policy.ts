// What the words of dfctl autoscale ask for: a service, with bounds and lag of its own where they differ from the common ones.
import { services } from '@deliveryflow/contracts'
import { nearest } from '../commands.ts'
import { Failure } from '../failure.ts'
import type { Policy } from './decide.ts'

const most = 50

/** The services that have a queue to be behind in. */
export const scalable = services.filter(({ hears }) => hears.length > 0).map(({ name }) => name)

/** `SERVICE`, `SERVICE=MIN..MAX` or `SERVICE=MIN..MAX@LAG`. Throws a usage Failure that says what is wrong. */
export const policyOf = (word: string, common: Policy): [service: string, policy: Policy] => {
  const [, service = '', min, max, lag] = /^([^=]*)(?:=(\d+)\.\.(\d+)(?:@(\d+))?)?$/.exec(word) ?? []
  if (!scalable.includes(service)) {
    const name = word.split('=')[0] ?? word
    const near = nearest(name, scalable)
    throw new Failure(
      'usage',
      scalable.includes(name) ? `"${word}" is no policy` : `${name} is no service with a queue`,
      {
        next: scalable.includes(name)
          ? `Write ${name}=1..5 or ${name}=1..5@50: the least, the most, and the lag for each instance.`
          : near
            ? `Did you mean ${near}?`
            : `There are ${scalable.join(', ')}.`,
      },
    )
  }
  const policy = {
    ...common,
    ...(min === undefined ? {} : { min: Number(min), max: Number(max) }),
    ...(lag === undefined ? {} : { lag: Number(lag) }),
  }
  if (policy.min < 1 || policy.max > most || policy.min > policy.max)
    throw new Failure('usage', `${service}: ${policy.min} to ${policy.max} instances`, {
      why: `the least must be from 1, the most up to ${most}, and not below the least`,
    })
  if (policy.lag < 1) throw new Failure('usage', `${service}: the lag for each instance must be 1 or more`)
  return [service, policy]
}
