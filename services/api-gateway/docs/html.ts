// HTML put together from pieces: every value is escaped, unless it is a piece itself.

/** A piece of HTML. */
export type Html = { readonly html: string }

type Piece = Html | string | number | false | undefined | readonly Piece[]

/** A piece of HTML with these values in it. What is false or undefined leaves nothing. */
export const html = (text: TemplateStringsArray, ...values: Piece[]): Html => ({
  html: String.raw({ raw: text }, ...values.map(written)),
})

const written = (value: Piece): string => {
  if (value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escaped(String(value))
  return 'html' in value ? value.html : value.map(written).join('')
}

const escaped = (text: string) =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** The pages that one can go to from each; `here`: the one that is shown. */
export const siteNavigation = (here: '/docs' | '/docs/events'): Html => {
  const link = (href: string, text: string) =>
    html`<li><a href="${href}"${href === here && html` aria-current="page"`}>${text}</a></li>`
  return html`<nav class="site" aria-label="DeliveryFlow">
      <ul>
        ${link('/', 'Shop')}${link('/docs', 'HTTP API')}${link('/docs/events', 'Messages')}
      </ul>
    </nav>`
}
