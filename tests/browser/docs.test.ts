// The pages about the API: read by anybody, and an operation tried by whoever is signed in to the shop.
import assert from 'node:assert/strict'
import { after, before, describe } from 'node:test'
import type { Browser } from 'playwright-core'
import { testSystem } from '../harness.ts'
import { look, openBrowser, steps, type Visitor, visit } from './browser.ts'
import { follow, register, sees } from './people.ts'

describe('the pages about the API', () => {
  const step = steps()
  let browser: Browser
  let reader: Visitor
  before(async () => {
    const { url } = await testSystem()
    browser = await openBrowser()
    reader = await visit(browser, url)
  })
  after(() => browser?.close())

  step('tell everybody what can be asked, and what is answered', async () => {
    const { page } = reader
    await follow(page, 'API')
    await page.locator('#operations-catalog-listProducts').getByRole('button').first().click()
    await page.getByRole('region', { name: 'Responses of listProducts' }).waitFor()
    await look(page, 'docs')
  })

  step('try an operation as whoever is signed in to the shop', async () => {
    const { page } = reader
    await page.goto('/register')
    const email = await register(page)
    await page.goto('/docs')
    const operation = page.locator('#operations-identity-getAccount')
    await operation.getByRole('button').first().click()
    await operation.getByRole('button', { name: 'Execute' }).click()
    await operation.getByRole('table', { name: 'The answer to getAccount' }).getByText(email).waitFor()
    await look(page, 'docs-tried')
  })

  step('tell what travels between the services', async () => {
    const { page } = reader
    await follow(page, 'Messages')
    await sees(page, 'order_created')
    await look(page, 'docs-events')
    assert.deepEqual(reader.complaints(), [])
  })
})
