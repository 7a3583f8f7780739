// The whole journey of a customer through the pages, from registering to the review, as somebody new would go it.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { Browser } from 'playwright-core'
import { signIn as asClient, courier, product, until } from '../client.ts'
import { lettersTo, type TestSystem, testSystem } from '../harness.ts'
import { look, openBrowser, steps, type Visitor, visit } from './browser.ts'
import {
  addToCart,
  checkOut,
  deposit,
  follow,
  isSignedIn,
  press,
  register,
  review,
  sees,
  seesTitle,
  signIn,
} from './people.ts'

describe('a customer', () => {
  const step = steps()
  let system: TestSystem
  let browser: Browser
  let ada: Visitor
  let email: string
  let name: string
  let product_id: string
  before(async () => {
    system = await testSystem()
    const admin = await asClient(system.url, system.admin.email, system.admin.password)
    await courier(admin)
    product_id = await product(admin, { price: 64_000 })
    name = (await admin.get(`/api/products/${product_id}`)).body.name
    browser = await openBrowser()
    ada = await visit(browser, system.url)
  })
  after(() => browser?.close())

  /** The link in the newest letter of a subject. */
  const linkOf = async (subject: RegExp): Promise<string> => {
    let link: string | undefined
    await until(`the letter ${subject} to ${email} holds a link`, async () => {
      const letters = (await lettersTo(system, email)).filter((letter) => subject.test(letter.subject))
      link = /https?:\/\/\S+#token=\S+/.exec(letters.at(-1)?.text ?? '')?.[0]
      return link !== undefined
    })
    const { pathname, hash } = new URL(link ?? '')
    return pathname + hash
  }

  step('looks for a product and puts it into the cart before signing in', async () => {
    const { page } = ada
    await seesTitle(page, 'What would you like to have delivered?')
    await look(page, 'catalog')
    await page.getByRole('searchbox').fill('no such thing at all')
    await press(page, 'Search')
    await sees(page, 'Nothing found')
    await look(page, 'catalog-nothing-found')
    await page.getByRole('searchbox').fill(name)
    await press(page, 'Search')
    await follow(page, name)
    await seesTitle(page, name)
    await sees(page, 'Nobody has reviewed it yet')
    await look(page, 'product')
    await press(page, 'Add to cart')
    await page.getByRole('link', { name: 'Cart 1 item' }).click()
    await seesTitle(page, 'Cart')
    await look(page, 'cart')
  })

  step('registers on the way to the checkout, and is back there', async () => {
    const { page } = ada
    await follow(page, 'Check out')
    await seesTitle(page, 'Sign in')
    await look(page, 'sign-in')
    await follow(page, 'Create an account')
    await press(page, 'Create an account')
    await sees(page, 'Fill this in.')
    await look(page, 'register')
    email = await register(page)
    await seesTitle(page, 'Check out')
  })

  step('confirms the e-mail address by the link of the letter', async () => {
    const { page } = ada
    await page.goto('/account')
    await sees(page, 'not confirmed yet')
    await look(page, 'account')
    await page.goto(await linkOf(/Confirm/))
    await sees(page, 'Your e-mail is confirmed')
    assert.equal(new URL(page.url()).hash, '', 'the token is not left in the address')
    await look(page, 'verify-email')
    await page.goto('/account')
    await page.getByText('confirmed', { exact: true }).waitFor()
  })

  step('lacks money, adds it to the wallet and is led back', async () => {
    const { page } = ada
    await page.goto('/checkout')
    await sees(page, '₽640 short')
    await look(page, 'checkout')
    await follow(page, 'Add ₽640')
    await sees(page, 'Nothing has moved yet')
    await look(page, 'wallet-empty')
    await deposit(page, 2000)
    await seesTitle(page, 'Check out')
  })

  step('orders, and follows the order live until it is delivered', async () => {
    const { page } = ada
    await checkOut(page)
    await sees(page, 'Your wallet was charged')
    await look(page, 'order-paid')
    await sees(page, 'Almost there')
    await sees(page, 'The order is complete')
    await sees(page, '₽640 was taken from your wallet')
    await look(page, 'order-delivered')
  })

  step('reviews what came, and finds the review at the product', async () => {
    const { page } = ada
    await follow(page, 'Tell others what you think')
    await page.getByRole('heading', { level: 3, name }).waitFor()
    await look(page, 'reviews-awaited')
    await review(page, 'Fresh <b>and</b> fragrant.')
    await look(page, 'reviews')
    await page.goto(`/products/${product_id}`)
    await sees(page, 'Fresh <b>and</b> fragrant.')
  })

  step('finds the movements, the orders by status, and changes the profile', async () => {
    const { page } = ada
    await follow(page, 'Wallet')
    await sees(page, '-₽640')
    await look(page, 'wallet')
    await page.getByRole('link', { name: 'Orders', exact: true }).click()
    await follow(page, name)
    await page.goBack()
    await page.getByLabel('Status').selectOption('Cancelled')
    await sees(page, 'No order matches')
    await look(page, 'orders-none-match')
    await page.getByLabel('Status').selectOption('Delivered')
    await page.getByRole('link', { name }).waitFor()
    await look(page, 'orders')
    await follow(page, 'Account')
    await page.getByLabel('Phone').fill('none')
    await press(page, 'Save')
    await sees(page, 'This does not have the right form.')
    await page.getByLabel('Phone').fill('+7 (495) 123-45-67')
    await press(page, 'Save')
    await sees(page, 'Saved.')
  })

  step('reads everything in Russian and in the dark', async () => {
    const { page } = ada
    await page.getByRole('combobox', { name: 'Appearance' }).selectOption('Dark')
    await page.getByRole('combobox', { name: 'Language', exact: true }).selectOption('Русский')
    for (const [path, title] of [
      ['/', 'Что вам доставить?'],
      [`/products/${product_id}`, name],
      ['/cart', 'Корзина'],
      ['/orders', 'Ваши заказы'],
      ['/wallet', 'Кошелёк'],
      ['/reviews', 'Ваши отзывы'],
      ['/account', 'Профиль'],
    ] as const) {
      await page.goto(path)
      await seesTitle(page, title)
      await page.waitForLoadState('networkidle')
      await look(page, `dark-ru-${path.split('/')[1] || 'catalog'}`)
    }
    await page.getByRole('combobox', { name: 'Язык', exact: true }).selectOption('English')
  })

  step('signs out, forgets the password and sets a new one, which ends other sessions', async () => {
    const { page } = ada
    const phone = await visit(browser, system.url)
    await phone.page.goto('/sign-in')
    await signIn(phone.page, email)
    await isSignedIn(phone.page)
    await press(page, 'Sign out')
    await follow(page, 'Sign in')
    await follow(page, 'Forgotten your password?')
    await seesTitle(page, 'Reset the password')
    await look(page, 'forgot-password')
    await page.getByLabel('E-mail').fill(email)
    await press(page, 'Send the link')
    await sees(page, 'a letter with a link is on its way')
    await page.goto(await linkOf(/password/i))
    await seesTitle(page, 'Choose a new password')
    await look(page, 'reset-password')
    await page.getByLabel('New password').fill('another long passphrase')
    await press(page, 'Save the password')
    await sees(page, 'The new password holds')
    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await signIn(page, email, 'another long passphrase')
    await isSignedIn(page)
    await phone.page.reload()
    await phone.page.getByRole('link', { name: 'Sign in' }).waitFor()
    assert.match(phone.complaints().join(), /^[^,]*401[^,]*$/, 'the renewal was refused, and nothing else')
    await phone.close()
  })

  step('never met an error, and no token lies where a script could find it later', async () => {
    const { page } = ada
    assert.deepEqual(ada.complaints(), [])
    const kept = await page.evaluate(() =>
      JSON.stringify({ ...localStorage, ...sessionStorage, cookie: document.cookie }),
    )
    assert.doesNotMatch(kept, /eyJ/)
    const cookies = await page.context().cookies()
    assert.deepEqual(
      cookies.map(({ httpOnly, sameSite, path }) => ({ httpOnly, sameSite, path })),
      [{ httpOnly: true, sameSite: 'Strict', path: '/api/session' }],
    )
  })

  step('orders again in another tab, and both tabs show it move', async () => {
    const { page } = ada
    await addToCart(page, product_id)
    const order_id = await checkOut(page)
    const other = await page.context().newPage()
    await other.goto(`/orders/${order_id}`)
    for (const tab of [page, other]) await sees(tab, 'A courier took it over')
    for (const tab of [page, other]) await sees(tab, 'The order is complete')
    await other.close()
  })
})
