// Which order is meant: by its id or the beginning of it, and which user by an e-mail address.
import { id } from '@deliveryflow/contracts'
import { statement } from '@deliveryflow/kit/postgres/statement'
import { withDatabase } from '../database.ts'
import { Failure } from '../failure.ts'
import type { Target } from '../target.ts'

const shown = 5

const selectBetween = statement<[first: string, last: string, limit: number], { order_id: string }>(
  'orders_between',
  'select order_id from orders where order_id between $1 and $2 order by order_id desc limit $3',
)

const selectUser = statement<[email: string], { user_id: string }>(
  'user_of_email',
  'select user_id from users where email = lower($1)',
)

/** The least and the greatest UUID that begin with `prefix`; null when none can. Hyphens may be left out. */
export const uuidsFrom = (prefix: string): [first: string, last: string] | null => {
  const digits = prefix.toLowerCase().replaceAll('-', '')
  if (!/^[0-9a-f]{1,32}$/.test(digits)) return null
  const uuid = (fill: string) => digits.padEnd(32, fill).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  return [uuid('0'), uuid('f')]
}

/** The id of the order that `word` names. Throws `usage` when it fits no id or several, `not_found` when it fits none. */
export const findOrder = async (target: Target, word: string): Promise<string> => {
  const whole = id.safeParse(word)
  if (whole.success) return whole.data
  const bounds = uuidsFrom(word)
  if (!bounds) {
    throw new Failure('usage', `"${word}" is no order id, nor the beginning of one`, {
      next: 'dfctl order list shows the newest orders with their ids.',
    })
  }
  const found = await withDatabase(target, 'order', (db) => selectBetween(db, ...bounds, shown + 1))
  const [first] = found
  if (!first) {
    throw new Failure('not_found', `No order's id begins with ${word}`, {
      next: 'dfctl order list shows the newest orders with their ids.',
    })
  }
  if (found.length === 1) return first.order_id
  const names = found.slice(0, shown).map(({ order_id }) => order_id)
  throw new Failure('usage', `Several orders' ids begin with ${word}`, {
    why: `${names.join(', ')}${found.length > shown ? ' and more' : ''}`,
    next: 'Give more of it: an id begins with the time, so that orders of one minute have their first characters in common.',
  })
}

/** A user's id as an option takes it. Throws `usage` for anything else. */
export const userId = (text: string): string => {
  const whole = id.safeParse(text)
  if (whole.success) return whole.data
  throw new Failure('usage', `"${text}" is no user id`, { next: 'With an e-mail address: dfctl order list --email.' })
}

/** The id of the user with this e-mail address. Throws `not_found` when nobody has it. */
export const findUser = async (target: Target, email: string): Promise<string> => {
  const [user] = await withDatabase(target, 'identity', (db) => selectUser(db, email))
  if (user) return user.user_id
  throw new Failure('not_found', `Nobody has the e-mail address ${email}`)
}
