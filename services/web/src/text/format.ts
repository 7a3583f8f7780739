// Numbers, money, times and plurals as a language writes them, all by Intl (ECMA-402).
import type { Money } from '../generated/api.ts'

export type Language = 'en' | 'ru'

type Forms = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }

/** Makes `(count) => "3 items"` with the form that the language's plural rules choose. */
export const counted = (language: Language, forms: Forms) => {
  const rules = new Intl.PluralRules(language)
  return (count: number): string => `${count} ${forms[rules.select(count)] ?? forms.other}`
}

/** How a language writes what is no word. */
export type Format = {
  money(value: Money): string
  /** With its sign in front, for what comes and goes. */
  signedMoney(value: Money): string
  dateTime(iso: string): string
  time(iso: string): string
  number(value: number, digits?: number): string
}

/** How many minor units make one of a currency. */
export const unitsOf = (currency: string): number =>
  10 ** (new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2)

export const formatOf = (language: Language): Format => {
  const currencies = new Map<string, Intl.NumberFormat>()
  const money = ({ amount, currency }: Money, signDisplay: 'auto' | 'exceptZero') => {
    const key = `${currency} ${signDisplay}`
    const shown =
      currencies.get(key) ??
      new Intl.NumberFormat(language, {
        style: 'currency',
        currency,
        currencyDisplay: 'narrowSymbol',
        trailingZeroDisplay: 'stripIfInteger',
        signDisplay,
      })
    currencies.set(key, shown)
    return shown.format(amount / unitsOf(currency))
  }
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  const time = new Intl.DateTimeFormat(language, { timeStyle: 'medium' })
  return {
    money: (value) => money(value, 'auto'),
    signedMoney: (value) => money(value, 'exceptZero'),
    dateTime: (iso) => dateTime.format(new Date(iso)),
    time: (iso) => time.format(new Date(iso)),
    number: (value, digits = 0) =>
      value.toLocaleString(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  }
}
