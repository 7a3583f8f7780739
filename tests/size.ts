// How many orders the tests of faults place, and how long a run of that size may take. The environment's ORDERS says it.

/** The default: large enough for every fault to fall into the middle of something, small enough for each change. */
const usual = 500

const given = Number(process.env.ORDERS ?? usual)
if (!Number.isInteger(given) || given < 100)
  throw new Error(`ORDERS is "${process.env.ORDERS}": it must be a whole number of orders, 100 or more.`)

/** How many orders run while something goes wrong. */
export const orders: number = given

/** How long something may take in seconds that takes at most `base` with the usual number; ten orders more are a second more. */
export const seconds = (base: number): number => base + Math.max(0, Math.ceil((orders - usual) / 10))
