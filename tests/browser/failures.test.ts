// What a customer can meet on the pages when things go wrong: each is explained, loses nothing, and leads on.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { System } from '@deliveryflow/local/system'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import type { Browser, Page } from 'playwright-core'
import {
  signIn as asClient,
  type Client,
  courier,
  customer,
  deliveryOf,
  orderIs,
  orderOf,
  password,
  product,
} from '../client.ts'
import { startTestSystem } from '../system.ts'
import { look, openBrowser, type Visitor, visit } from './browser.ts'
import { addToCart, checkOut, follow, isSignedIn, press, review, sees, seesTitle, signIn } from './people.ts'

describe('a customer meets', () => {
  let system: System
  let admin: Client
  let browser: Browser
  before(async () => {
    // A courier slow enough to cancel before he leaves.
    system = await startTestSystem({ settings: { DELIVERY__SIMULATOR_STEP_MS: '6000' } })
    admin = await asClient(system.url, system.admin.email, system.admin.password)
    await courier(admin)
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    await system?.stop()
  })

  /** A customer with money who is signed in on the pages. */
  const signedIn = async (funds = 100_000): Promise<Visitor & { client: Client }> => {
    const client = await customer(system.url, { funds })
    const visitor = await visit(browser, system.url)
    await visitor.page.goto('/sign-in')
    await signIn(visitor.page, client.email)
    await isSignedIn(visitor.page)
    return { ...visitor, client }
  }
  /** The clock of the page goes on past the end of its access token. */
  const later = (page: Page) => page.clock.setSystemTime(Date.now() + 15 * 60_000)
  const order = async (page: Page, thing: string): Promise<string> => {
    await addToCart(page, thing)
    return checkOut(page)
  }

  it('a wrong password, an e-mail that is taken and a password that is too short', async () => {
    const { client } = await signedIn()
    const { page, close } = await visit(browser, system.url)
    await page.goto('/sign-in')
    await signIn(page, client.email, 'not the password')
    await sees(page, 'E-mail or password is not right.')
    await look(page, 'wrong-password')
    await follow(page, 'Create an account')
    await page.getByLabel('Name').fill('Ada')
    await page.getByLabel('E-mail').fill(client.email)
    await page.getByLabel('Password').fill('short')
    await press(page, 'Create an account')
    await sees(page, 'At least 8 characters.')
    await page.getByLabel('Password').fill(password)
    await press(page, 'Create an account')
    await sees(page, 'There is an account with this e-mail already')
    await close()
  })

  it('a price that changes: in the cart, and in the moment of ordering', async () => {
    const { page, close, client } = await signedIn()
    const thing = await product(admin, { price: 1000 })
    await addToCart(page, thing)
    await admin.patch(`/api/products/${thing}`, { price: { amount: 1200, currency: 'RUB' } })
    await page.goto('/cart')
    await sees(page, 'was ₽10')
    await look(page, 'cart-price-changed')
    await follow(page, 'Check out')
    await page.getByLabel('Delivery address').fill('Tverskaya 1, Moscow')
    await admin.patch(`/api/products/${thing}`, { price: { amount: 1500, currency: 'RUB' } })
    await press(page, 'Order and pay ₽12')
    await sees(page, 'A price has changed')
    await look(page, 'checkout-price-changed')
    await press(page, 'Order and pay ₽15')
    await page.waitForURL(/\/orders\/.+/)
    const { body } = await client.get(`/api/orders/${page.url().split('/').at(-1)}`)
    assert.equal(body.total.amount, 1500)
    await close()
  })

  it('a product that sells out while it is in the cart, and one that is withdrawn', async () => {
    const { page, close } = await signedIn()
    const [scarce, withdrawn] = [await product(admin, { stock: 1 }), await product(admin)]
    await addToCart(page, scarce)
    await addToCart(page, withdrawn)
    await admin.put(`/api/products/${scarce}/stock`, { quantity: 0 })
    await admin.patch(`/api/products/${withdrawn}`, { active: false })
    await page.goto('/cart')
    await sees(page, 'Sold out: remove it to go on.')
    await sees(page, 'No longer offered: remove it to go on.')
    assert.equal(await page.getByRole('link', { name: 'Check out' }).count(), 0)
    await look(page, 'cart-sold-out')
    await page.goto(`/products/${scarce}`)
    await sees(page, 'Sold out')
    assert.equal(await page.getByRole('button', { name: 'Add to cart' }).count(), 0)
    await close()
  })

  it('too little money, because another order was faster', async () => {
    const { page, close } = await signedIn(1000)
    const thing = await product(admin, { price: 1000 })
    const other = await page.context().newPage()
    for (const tab of [page, other]) {
      await addToCart(tab, thing)
      await tab.goto('/cart')
      await tab.getByLabel(/^Quantity/).fill('1')
      await tab.goto('/checkout')
      await tab.getByLabel('Delivery address').fill('Tverskaya 1, Moscow')
      await tab.getByRole('button', { name: 'Order and pay ₽10' }).waitFor()
    }
    for (const tab of [page, other]) await press(tab, 'Order and pay ₽10')
    await sees(page, 'Your wallet was charged')
    await sees(other, 'The wallet did not hold enough.')
    await sees(other, 'Nothing was charged.')
    await look(other, 'order-insufficient-funds')
    await close()
  })

  it('second thoughts: the order is cancelled and the money comes back', async () => {
    const { page, close, client } = await signedIn(1000)
    const order_id = await order(page, await product(admin, { price: 1000 }))
    await sees(page, 'Your wallet was charged')
    await press(page, 'Cancel the order')
    await press(page, 'Keep it')
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    await press(page, 'Cancel the order')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the order' }).click()
    await sees(page, 'You cancelled it.')
    await sees(page, '₽10 went back to your wallet.')
    await look(page, 'order-cancelled')
    await orderIs(client, order_id, 'CANCELLED')
    await page.goto('/wallet')
    await sees(page, '+₽10')
    await close()
  })

  it('second thoughts that come too late', async () => {
    const { page, close } = await signedIn()
    const order_id = await order(page, await product(admin))
    await press(page, 'Cancel the order')
    await page.getByRole('alertdialog').waitFor()
    // What a person moved stays there, however long the page is looked at.
    const { delivery_id } = await deliveryOf(admin, order_id)
    await admin.post(`/api/deliveries/${delivery_id}/status`, { status: 'IN_TRANSIT' })
    await sees(page, 'On its way to you')
    await look(page, 'order-cancel')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the order' }).click()
    await sees(page, 'The parcel has left already')
    await look(page, 'order-cancel-too-late')
    await close()
  })

  it('addresses at which there is nothing for them', async () => {
    const { client } = await signedIn()
    const placed = await client.post('/api/orders', {
      delivery_address: 'Tverskaya 1, Moscow',
      items: [{ product_id: await product(admin), quantity: 1 }],
    })
    const { page, close } = await signedIn()
    for (const path of ['/no/such/page', `/orders/${placed.body.order_id}`, '/orders/42', '/products/42']) {
      await page.goto(path)
      await seesTitle(page, 'There is nothing here')
    }
    await look(page, 'not-found')
    await page.goto('/operations')
    await seesTitle(page, 'This is not for your account')
    await close()
  })

  it('a review service that is behind: what was received appears by itself', async () => {
    const { page, close, client } = await signedIn()
    const { body } = await client.post('/api/orders', orderOf(await product(admin)))
    const nats = await connect(system.backends.nats.user('admin'))
    const { consumers } = await jetstreamManager(nats)
    await consumers.pause('EVENTS', 'review', new Date(Date.now() + 10 * 60_000))
    await page.goto(`/orders/${body.order_id}`)
    await page.getByRole('link', { name: 'Tell others what you think' }).click({ timeout: 60_000 })
    await sees(page, 'appears here by itself')
    await look(page, 'reviews-coming')
    await consumers.resume('EVENTS', 'review')
    await review(page, 'It came, and so did this page.')
    await nats.close()
    await close()
  })

  it('a network that goes away, and comes back', async () => {
    const { page, close } = await signedIn()
    await order(page, await product(admin))
    await sees(page, 'Your wallet was charged')
    await page.context().setOffline(true)
    await sees(page, 'You are offline.')
    await look(page, 'order-offline')
    await page.context().setOffline(false)
    await page.getByText('You are offline.').waitFor({ state: 'detached' })
    await page.getByText('The order is complete').waitFor({ timeout: 60_000 })
    await close()
  })

  it('a gateway that restarts: the order goes on where it was, nothing twice', async () => {
    const { page, close } = await signedIn()
    await order(page, await product(admin))
    await sees(page, 'Your wallet was charged')
    const services = system.processes.get('services')
    await services?.kill()
    await sees(page, 'Reconnecting…')
    await press(page, 'Cancel the order')
    await page.getByRole('alertdialog').getByRole('button', { name: 'Cancel the order' }).click()
    await sees(page, 'The server does not answer')
    await press(page, 'Keep it')
    await services?.start()
    await page.getByText('The order is complete').waitFor({ timeout: 60_000 })
    assert.equal(await page.getByText('Your wallet was charged').count(), 1)
    await close()
  })

  it('a web server that restarts: a page that comes back by itself', async () => {
    const { page, close } = await visit(browser, system.url)
    await system.pages.kill()
    await page.goto('/')
    await seesTitle(page, 'We will be right back')
    await system.pages.start()
    await seesTitle(page, 'What would you like to have delivered?')
    await close()
  })

  it('an access token that ends, and does not notice', async () => {
    const { page, close, complaints } = await signedIn()
    const renewed = page.waitForResponse((answer) => answer.url().endsWith('/api/session/renew') && answer.ok())
    await later(page)
    await page.getByRole('link', { name: 'Orders', exact: true }).click()
    await renewed
    await sees(page, 'No orders yet')
    assert.deepEqual(complaints(), [])
    await close()
  })

  it('a session that ended: signs in again and goes on where they were', async () => {
    const { page, close, client } = await signedIn()
    await page.context().clearCookies()
    await later(page)
    await page.getByRole('link', { name: 'Wallet', exact: true }).click()
    await sees(page, 'Your session has ended. Sign in again')
    await look(page, 'session-ended')
    await signIn(page, client.email)
    await seesTitle(page, 'Wallet')
    await close()
  })
})
