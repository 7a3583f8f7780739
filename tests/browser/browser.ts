// A real browser for tests: pages that note whatever goes wrong in them, looked at for accessibility and kept as pictures.
import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import { it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import AxeBuilder from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { findChromium } from './chromium.ts'

/** Pictures of each page at both widths; a folder that git ignores. */
const pictures = fileURLToPath(new URL('pictures/', import.meta.url))
const widths = { phone: 390, desktop: 1280 }

export type Visitor = {
  readonly page: Page
  /** What the browser complained of since the last look: errors in the console, exceptions, violations of the Content-Security-Policy. */
  complaints(): string[]
  close(): Promise<void>
}

export const openBrowser = (): Promise<Browser> =>
  // Without a user namespace, as root has none in containers, Chromium's sandbox cannot work.
  chromium.launch({ executablePath: findChromium(), args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })

/** Somebody with a browser of their own, on an empty page. English, light, as wide as a desk's screen, unless told otherwise. */
export const arrive = async (browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visitor> => {
  const viewport = { width: widths.desktop, height: 900 }
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', viewport, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(30_000)
  const heard: string[] = []
  page.on('console', (message) => message.type() === 'error' && heard.push(message.text()))
  page.on('pageerror', (error) => heard.push(String(error.stack ?? error)))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      console.error(`Content-Security-Policy: ${violatedDirective} forbids ${blockedURI}`)
    })
  })
  return { page, complaints: () => heard.splice(0), close: () => context.close() }
}

/** The same, at the start page. */
export const visit = async (browser: Browser, url: string): Promise<Visitor> => {
  const visitor = await arrive(browser, url)
  await visitor.page.goto('/')
  return visitor
}

const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/**
 * Looks at a page as it stands, at both widths: axe must find nothing against WCAG 2.2 AA, and nothing may stick out to the side. The
 * pictures are kept as `<name>-phone.png` and `<name>-desktop.png`.
 */
export const look = async (page: Page, name: string): Promise<void> => {
  const before = page.viewportSize() ?? { width: widths.desktop, height: 900 }
  mkdirSync(pictures, { recursive: true })
  for (const [device, width] of Object.entries(widths)) {
    await page.setViewportSize({ width, height: before.height })
    // What appears or passes by is looked at when it stands still.
    await page.evaluate(() =>
      Promise.all(
        document
          .getAnimations()
          .filter(({ effect }) => effect?.getComputedTiming().iterations !== Number.POSITIVE_INFINITY)
          .map(({ finished }) => finished.catch(() => undefined)),
      ),
    )
    await page.screenshot({ path: `${pictures}${name}-${device}.png`, fullPage: true })
    const { violations } = await new AxeBuilder({ page }).withTags(standards).analyze()
    const found = violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    )
    assert.deepEqual(found, [], `${name}, ${device}`)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    assert.ok(wide <= 0, `${name}, ${device}: ${wide} px stick out to the side`)
  }
  await page.setViewportSize(before)
}

/** Makes the tests of one journey: each goes on where the one before ended, and is skipped when that did not get there. */
export const steps = () => {
  let lost: string | undefined
  return (name: string, go: (test: TestContext) => Promise<void>) =>
    it(name, async (test) => {
      if (lost !== undefined) return test.skip(`the journey ended at: ${lost}`)
      lost = name
      await go(test)
      lost = undefined
    })
}
