import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { cancelReason, type Letter } from '@deliveryflow/contracts'
import { type Contact, openTemplates } from './render.ts'
import { locales, words } from './words.ts'

const order_id = '0199a0c8-7d31-7c10-9b1e-000000000001'
const user_id = '0199a0c8-7d31-7c10-9b1e-000000000002'
const total = { amount: 1_234_50, currency: 'EUR' }
const token = 'abc-DEF_123'

/** One letter of each kind with what it must lead to. */
const samples: { [K in Letter['kind']]: { letter: Extract<Letter, { kind: K }>; link: string } } = {
  welcome: { letter: { kind: 'welcome' }, link: 'https://shop.example/' },
  verify_email: { letter: { kind: 'verify_email' }, link: `https://shop.example/verify-email#token=${token}` },
  password_reset: { letter: { kind: 'password_reset' }, link: `https://shop.example/reset-password#token=${token}` },
  order_paid: {
    letter: { kind: 'order_paid', order_id, total },
    link: `https://shop.example/orders/${order_id}`,
  },
  order_cancelled: {
    letter: { kind: 'order_cancelled', order_id, total, reason: 'DELIVERY_FAILED' },
    link: `https://shop.example/orders/${order_id}`,
  },
  delivery_update: {
    letter: { kind: 'delivery_update', order_id, status: 'OUT_FOR_DELIVERY' },
    link: `https://shop.example/orders/${order_id}`,
  },
  review_thanks: {
    letter: { kind: 'review_thanks', product_id: order_id },
    link: `https://shop.example/products/${order_id}`,
  },
}

const render = openTemplates('https://shop.example/')
const reader = (locale: Contact['locale'], name = 'Ann'): Contact => ({
  user_id,
  email: 'ann@example.com',
  name,
  phone: null,
  address: null,
  locale,
})
const tokenOf = ({ kind }: Letter) => (kind === 'verify_email' || kind === 'password_reset' ? token : null)

for (const { letter, link } of Object.values(samples)) {
  for (const locale of locales) {
    describe(`the letter ${letter.kind} in ${locale}`, () => {
      const rendered = render(letter, reader(locale), tokenOf(letter))

      it('addresses its reader and leads to the right page, in text and HTML', () => {
        assert.ok(rendered.text.includes(`: ${link}\n`), rendered.text)
        assert.ok(rendered.html.includes(`<a href="${link.replace('=', '&#x3D;')}">`), rendered.html)
        for (const part of [rendered.text, rendered.html])
          assert.ok(part.includes('Ann') && part.includes(words[locale].footer))
      })

      it('has no gaps and is in its language', () => {
        const all = Object.values(rendered).join('\n')
        assert.doesNotMatch(all, /\{\{|\}\}|undefined|null|\[object|NaN/)
        assert.equal(/[а-я]/i.test(rendered.subject), locale === 'ru')
        assert.doesNotMatch(rendered.subject, /\n/)
        assert.ok(rendered.html.includes(`<html lang="${locale}">`))
      })

      it('shows what a user wrote as text, never as markup or as lines of its own', () => {
        const { html, text } = render(letter, reader(locale, '<b>Ann</b> &\r\n\r\n"Co"'), tokenOf(letter))
        assert.ok(html.includes('&lt;b&gt;Ann&lt;/b&gt; &amp; &quot;Co&quot;'), html)
        assert.ok(!html.includes('<b>'))
        assert.ok(text.includes('<b>Ann</b> & "Co"'), text)
      })
    })
  }
}

describe('a letter about money', () => {
  const paid = (locale: Contact['locale'], amount: number, currency: string) =>
    render({ kind: 'order_paid', order_id, total: { amount, currency } }, reader(locale), null).text

  it('writes it as its reader does, with the digits of its currency', () => {
    assert.match(paid('en', 123_450, 'EUR'), /€1,234\.50/)
    assert.match(paid('ru', 123_450, 'EUR'), /1\s234,50\s€/)
    assert.match(paid('ru', 99_90, 'RUB'), /99,90\s₽/)
    assert.match(paid('en', 500, 'JPY'), /¥500 /)
  })
})

describe('the letter of grief', () => {
  it('tells each reason in plain words', () => {
    for (const locale of locales) {
      for (const reason of cancelReason.options) {
        const { text } = render({ kind: 'order_cancelled', order_id, total, reason }, reader(locale), null)
        assert.ok(text.includes(words[locale].reasons[reason]))
        assert.ok(!text.includes(reason))
      }
    }
  })
})
