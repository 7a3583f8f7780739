// What people do on the pages, step by step, by the words and roles that they see.
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { password } from '../client.ts'

export const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()
export const follow = (page: Page, name: string | RegExp) => page.getByRole('link', { name }).first().click()
/** Waits until the words are to be seen. Throws with what is seen instead. */
export const sees = async (page: Page, words: string | RegExp): Promise<void> => {
  try {
    await page.getByText(words).filter({ visible: true }).first().waitFor()
  } catch (cause) {
    throw new Error(`"${words}" is not on ${page.url()}, but:\n${await page.locator('body').innerText()}`, { cause })
  }
}
export const seesTitle = (page: Page, name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor()

/** Waits until somebody is signed in. */
export const isSignedIn = (page: Page) => page.getByRole('link', { name: 'Account', exact: true }).waitFor()

/** Registers somebody new on the page of registration, who is signed in by that. Returns the e-mail address. */
export const register = async (page: Page, name = 'Ada'): Promise<string> => {
  const email = `${name.toLowerCase()}-${randomUUID()}@example.com`
  await page.getByLabel('Name').fill(name)
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(password)
  await press(page, 'Create an account')
  await isSignedIn(page)
  return email
}

export const signIn = async (page: Page, email: string, secret = password): Promise<void> => {
  await page.getByLabel('E-mail').fill(email)
  await page.getByLabel('Password').fill(secret)
  await press(page, 'Sign in')
}

/** Adds whole units of money on the page of the wallet. */
export const deposit = async (page: Page, amount: number): Promise<void> => {
  await page.getByLabel('Amount').fill(String(amount))
  await press(page, /^Add ₽/)
  await sees(page, /was added/)
  assert.equal(await page.getByText('Fill this in.').count(), 0, 'what was taken is not complained of')
}

/** Puts one piece into the cart from the page of the product. */
export const addToCart = async (page: Page, product_id: string): Promise<void> => {
  await page.goto(`/products/${product_id}`)
  await press(page, 'Add to cart')
  await sees(page, /is in your cart/)
}

/** Reviews on the page of reviews the only product that awaits it. */
export const review = async (page: Page, words: string): Promise<void> => {
  await page.getByRole('radio', { name: '4 of 5' }).press('Space')
  await page.getByLabel('Your words').fill(words)
  await press(page, 'Send the review')
  await sees(page, 'Everything you received is reviewed')
}

/** From the cart to a placed order; returns its id. */
export const checkOut = async (page: Page): Promise<string> => {
  await page.goto('/checkout')
  await page.getByLabel('Delivery address').fill('Tverskaya 1, Moscow')
  await press(page, /^Order and pay/)
  await page.waitForURL(/\/orders\/[0-9a-f-]{36}$/)
  return page.url().split('/').at(-1) ?? ''
}
