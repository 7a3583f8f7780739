// Checks of Redis, MongoDB and mail.
import { type Check, type Finding, failure, ok, skipped, warning } from '../check.ts'
import { commandFor, type Readings } from '../readings.ts'

/** One check for each, and one for letters that did not go out as they should. `catches`: whether letters are caught here. */
export const storeChecks = (readings: Readings, catches: () => Promise<boolean>): Check[] => [
  {
    id: 'stores.redis',
    group: 'stores',
    title: 'Redis',
    needs: ['installation.redis'],
    run: () => checkRedis(readings),
  },
  {
    id: 'stores.mongodb',
    group: 'stores',
    title: 'MongoDB',
    needs: ['installation.mongodb'],
    run: async () => ok(`it answers, version ${(await readings.mongo()).version}`),
  },
  {
    id: 'stores.mail',
    group: 'stores',
    title: 'mail',
    needs: ['installation.mail'],
    run: async () => ((await catches()) ? checkMail(readings) : ok('letters go to a mail server of your own')),
  },
  {
    id: 'stores.letters',
    group: 'stores',
    title: 'letters',
    needs: ['databases.notification'],
    run: () => checkLetters(readings),
  },
]

const checkRedis = async (readings: Readings): Promise<Finding> => {
  const { version, memory, memory_limit } = await readings.redis()
  const share = memory_limit > 0 ? memory / memory_limit : 0
  if (share > 0.9)
    return warning(
      `${Math.round(share * 100)} % of its memory is used; when it is full, sign-ins fail`,
      'Raise redis.maxMemory of charts/backing.',
    )
  return ok(`it answers, version ${version}`)
}

const checkMail = async ({ target }: Readings): Promise<Finding> => {
  const url = await target.mail()
  const answer = await fetch(`${url}/api/letters?limit=1`, { signal: AbortSignal.timeout(5000) }).catch(() => null)
  if (!answer) return failure('the mail catcher does not answer')
  return answer.ok ? ok('the catcher answers') : failure(`the mail catcher answers ${answer.status}`)
}

const checkLetters = async (readings: Readings): Promise<Finding> => {
  const { letters } = await readings.database('notification')
  if (!letters) return skipped('not checked: the database has no table of letters')
  const next = commandFor(readings, 'logs notification-worker')
  const { uncertain, stuck } = letters
  if (uncertain + stuck === 0) return ok('every letter that was begun was sent')
  const told = [
    uncertain > 0 ? `of ${uncertain} nobody knows whether they were sent` : '',
    stuck > 0 ? `${stuck} were begun more than 10 minutes ago and not sent` : '',
  ]
  return warning(told.filter(Boolean).join('; '), next)
}
