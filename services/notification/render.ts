// Turns a letter's facts into subject, text and HTML in the reader's language. Templates are read once, at start.
//
// A template is a subject line and paragraphs. The same source becomes the text and, escaped and wrapped, the HTML, so the
// two cannot tell different things.
import { readFileSync } from 'node:fs'
import { type getContacts, type Letter, letter, type Money, type OutputOf } from '@deliveryflow/contracts'
import Handlebars from 'handlebars'
import { type Locale, locales, words } from './words.ts'

export type Contact = OutputOf<typeof getContacts>['contacts'][number]
export type Rendered = { subject: string; text: string; html: string }

/** Writes a letter. `token`: that of a verify_email or password_reset letter, null for the others. */
export type Render = (letter: Letter, contact: Contact, token: string | null) => Rendered

const kinds = letter.options.map(({ shape }) => shape.kind.value)

const read = (name: string) => readFileSync(new URL(`./templates/${name}.hbs`, import.meta.url), 'utf8')

/** Strict: a fact that a template names and nobody gave is an error, not a gap in a letter. */
const compilerOf = (noEscape: boolean, link: (url: string, label: string) => unknown) => {
  const handlebars = Handlebars.create()
  handlebars.registerHelper('link', link)
  const options = { strict: true, noEscape, knownHelpersOnly: true, knownHelpers: { link: true } }
  return (source: string) => handlebars.compile<Record<string, unknown>>(handlebars.parse(source), options)
}
const asText = compilerOf(true, (url, label) => `${label}: ${url}`)
const asHtml = compilerOf(false, (url, label) => {
  const { escapeExpression, SafeString } = Handlebars
  return new SafeString(`<a href="${escapeExpression(url)}">${escapeExpression(label)}</a>`)
})

/** Reads all templates; throws when one is missing or cannot be parsed. `publicUrl`: where the shop's pages are. */
export const openTemplates = (publicUrl: string): Render => {
  const layout = asHtml(read('layout'))
  const templates = new Map(
    kinds.flatMap((kind) =>
      locales.map((locale) => {
        const [subject = '', ...paragraphs] = read(`${kind}.${locale}`)
          .trim()
          .split(/\n{2,}/)
        const body = paragraphs.join('\n\n')
        return [`${kind}.${locale}`, { subject: asText(subject), text: asText(body), html: asHtml(body) }] as const
      }),
    ),
  )
  return (about, { name, locale }, token) => {
    const template = templates.get(`${about.kind}.${locale}`)
    if (!template) throw new Error(`There is no template ${about.kind}.${locale}.`)
    const facts = { name: onOneLine(name), ...factsOf(about, locale, publicUrl, token) }
    const { footer } = words[locale]
    const subject = template.subject(facts)
    const paragraphs = template.html(facts).split(/\n{2,}/)
    return {
      subject,
      text: `${template.text(facts)}\n\n-- \n${footer}\n`,
      html: layout({ locale, subject, footer, paragraphs }),
    }
  }
}

/** What the template of each kind may name beside `name`. */
const factsOf = (about: Letter, locale: Locale, publicUrl: string, token: string | null): Record<string, unknown> => {
  // After the #: a token there reaches neither a log nor another site.
  const page = (path: string) => publicUrl.replace(/\/$/, '') + path + (token === null ? '' : `#token=${token}`)
  switch (about.kind) {
    case 'welcome':
      return { url: page('/') }
    case 'verify_email':
      return { url: page('/verify-email'), token }
    case 'password_reset':
      return { url: page('/reset-password'), token }
    case 'order_paid': {
      const { order_id, total } = about
      return { order_id, total: format(total, locale), url: page(`/orders/${order_id}`) }
    }
    case 'order_cancelled': {
      const { order_id, total, reason } = about
      const because = words[locale].reasons[reason]
      return { order_id, total: format(total, locale), because, url: page(`/orders/${order_id}`) }
    }
    case 'delivery_update': {
      const { order_id, status } = about
      return { order_id, news: words[locale].news[status], url: page(`/orders/${order_id}`) }
    }
    case 'review_thanks':
      return { url: page(`/products/${about.product_id}`) }
  }
}

/** Kept: to make one costs more than to write the rest of a letter. There are as many as currencies in use. */
const formatters = new Map<string, Intl.NumberFormat>()

/** Money as its reader writes it; how many digits the minor unit has is the currency's. */
const format = ({ amount, currency }: Money, locale: Locale): string => {
  const style = `${locale} ${currency}`
  const formatter = formatters.get(style) ?? new Intl.NumberFormat(locale, { style: 'currency', currency })
  formatters.set(style, formatter)
  return formatter.format(amount / 10 ** (formatter.resolvedOptions().maximumFractionDigits ?? 2))
}

const onOneLine = (text: string): string => text.replace(/[\s\p{Cc}]+/gu, ' ').trim()
