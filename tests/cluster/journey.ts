// The smoke journey of the pages: somebody new in a real browser, from the registration to the review.
import assert from 'node:assert/strict'
import { openBrowser, visit } from '../browser/browser.ts'
import { addToCart, checkOut, deposit, follow, register, review, sees } from '../browser/people.ts'

/** Goes it with one piece of a product. Throws where a page does not show what it should, or the browser complained of anything. */
export const goesShopping = async (url: string, product_id: string): Promise<void> => {
  const browser = await openBrowser()
  try {
    const { page, complaints } = await visit(browser, url)
    await page.goto('/register')
    await register(page)
    await page.goto('/wallet')
    await deposit(page, 100)
    await addToCart(page, product_id)
    await checkOut(page)
    await sees(page, 'Your wallet was charged')
    await sees(page, 'The order is complete')
    await follow(page, 'Tell others what you think')
    await review(page, 'It came from a cluster.')
    await page.goto(`/products/${product_id}`)
    await sees(page, 'It came from a cluster.')
    assert.deepEqual(complaints(), [])
  } finally {
    await browser.close()
  }
}
