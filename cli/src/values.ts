// How the data of messages read on one line: money, lists and what is nested, cut to what a terminal holds.
import type { Money } from '@deliveryflow/contracts'

/** "1,280.00 RUB": minor units by the currency's own number of digits. */
export const moneyText = ({ amount, currency }: Money): string => {
  try {
    const form = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' })
    const digits = form.resolvedOptions().maximumFractionDigits ?? 2
    const number = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    return `${number.format(amount / 10 ** digits)} ${currency}`
  } catch {
    return `${amount} ${currency}` // Not a currency code: shown as it is, for something is wrong with it.
  }
}

/** "1,234,567". */
export const number = (n: number): string => n.toLocaleString('en')

/** What JSON says as an object: what is none stands under `value`. */
export const objectOf = (json: unknown): Record<string, unknown> =>
  typeof json === 'object' && json !== null ? { ...json } : { value: json }

/** `name=value` pairs on one line of at most `limit` characters; what is null is left out. */
export const pairs = (data: Record<string, unknown>, limit = 120): string => {
  const line = Object.entries(data)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${valueText(value)}`)
    .join(' ')
  return line.length > limit ? `${line.slice(0, limit - 1)}…` : line
}

const valueText = (value: unknown): string => {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  if (isMoney(value)) return moneyText(value)
  return JSON.stringify(value) ?? String(value)
}

const isMoney = (value: unknown): value is Money =>
  typeof value === 'object' &&
  value !== null &&
  Object.keys(value).length === 2 &&
  'amount' in value &&
  typeof value.amount === 'number' &&
  'currency' in value &&
  typeof value.currency === 'string'
