// The values that many contracts share: identifiers, money, addresses, pages. It knows nothing of any domain.
import { z } from 'zod'

// One spelling for each id: PostgreSQL ignores the case, Redis keys and comparisons in code do not.
export const id = z.uuid().toLowerCase()
export const timestamp = z.iso.datetime()
export const email = z.email().max(254).toLowerCase()
export const currency = z.string().regex(/^[A-Z]{3}$/, 'an ISO 4217 code, such as EUR')

/** The largest amount one value may hold, in minor units: sums of a billion of them stay exact in a double. */
export const maxAmount = 1_000_000_000_000

export const amount = z.int().min(0).max(maxAmount)

/** Money: an integer in minor units (cents) and an ISO 4217 currency. */
export const money = z.strictObject({ amount, currency }).meta({ id: 'Money' })
export type Money = z.infer<typeof money>

/** Text as people write it: no NUL and no half of a surrogate pair, which PostgreSQL cannot keep. */
export const text = z
  .string()
  .refine((value) => value.isWellFormed() && !value.includes('\0'), 'text without NUL and lone surrogates')

export const address = text.trim().min(3).max(500)

/** Why somebody who runs the system does something to it. */
export const reason = text.trim().min(3).max(500)

/** One page of a list: ask again with `next_cursor` until it is null. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next_cursor: z.string().nullable() })

/** The query of a paged list. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(100).default(20),
  cursor: text.max(200).optional(),
}

export const role = z.enum(['customer', 'courier', 'admin'])
export type Role = z.infer<typeof role>

/** Who asks: set by the gateway from the access token, travels as the `df-user` header. */
export const caller = z.strictObject({ user_id: id, role })
export type Caller = z.infer<typeof caller>

export const nothing = z.strictObject({})
