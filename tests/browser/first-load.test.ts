// What the shop costs somebody who opens it for the first time, on a phone with a slow network: bytes, and the figures browsers give.
import assert from 'node:assert/strict'
import { after, before, describe, it, type TestContext } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { until } from '../client.ts'
import { testSystem } from '../harness.ts'
import { arrive, openBrowser } from './browser.ts'

/** The profile "slow 4G" of Lighthouse: 1.6 Mbit/s, 150 ms there and back, and a processor four times slower. */
const slowPhone = { download: (1.6 * 1024 * 1024) / 8, upload: (750 * 1024) / 8, latency: 150, slower: 4 }

const slowDown = async (page: Page): Promise<void> => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: slowPhone.latency,
    downloadThroughput: slowPhone.download,
    uploadThroughput: slowPhone.upload,
  })
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowPhone.slower })
}

/** Notes what web.dev calls the core vitals: the largest paint and the slowest interaction, in milliseconds, and the shift of the layout. */
const noteVitals = (page: Page) =>
  page.addInitScript(() => {
    const vitals = { largest_paint_ms: 0, interaction_ms: 0, layout_shift: 0 }
    Object.assign(window, { vitals })
    const note = (type: string, take: (entry: PerformanceEntry) => void, options = {}) =>
      new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true, ...options })
    note('largest-contentful-paint', ({ startTime }) => {
      vitals.largest_paint_ms = Math.round(startTime)
    })
    note(
      'event',
      ({ duration }) => {
        vitals.interaction_ms = Math.max(vitals.interaction_ms, duration)
      },
      { durationThreshold: 16 },
    )
    note('layout-shift', (entry) => {
      const { value, hadRecentInput } = entry as PerformanceEntry & { value: number; hadRecentInput: boolean }
      if (!hadRecentInput) vitals.layout_shift += value
    })
  })

describe('the first load of the shop', () => {
  let browser: Browser
  let url: string
  before(async () => {
    ;({ url } = await testSystem())
    browser = await openBrowser()
  })
  after(() => browser?.close())

  it('brings less than 150 kB of JavaScript, none of it for operations', async (test: TestContext) => {
    const { page, close } = await arrive(browser, url)
    const scripts: { name: string; bytes: number }[] = []
    page.on('requestfinished', async (request) => {
      if (request.resourceType() !== 'script') return
      scripts.push({
        name: new URL(request.url()).pathname,
        bytes: await request.sizes().then(({ responseBodySize }) => responseBodySize),
      })
    })
    await page.goto('/', { waitUntil: 'networkidle' })
    const bytes = scripts.reduce((sum, script) => sum + script.bytes, 0)
    test.diagnostic(`${scripts.length} scripts, ${(bytes / 1000).toFixed(1)} kB compressed (at most 150)`)
    assert.ok(bytes > 0 && bytes < 150_000, JSON.stringify(scripts))
    await close()
  })

  it('moves nothing that is there already, and tells how long it takes on a slow phone', async (test: TestContext) => {
    const { page, close } = await arrive(browser, url, {
      viewport: { width: 390, height: 800 },
      isMobile: true,
      hasTouch: true,
    })
    await slowDown(page)
    await noteVitals(page)
    await page.goto('/', { waitUntil: 'networkidle' })
    const readVitals = () => page.evaluate(() => (window as unknown as { vitals: Record<string, number> }).vitals)
    // The browser tells of a paint a moment after it.
    await until('the largest paint is told', async () => ((await readVitals()).largest_paint_ms ?? 0) > 0)
    const { layout_shift = 1, largest_paint_ms = 0 } = await readVitals()
    assert.ok(layout_shift < 0.02, `the layout shifted by ${layout_shift}`)
    await page.getByRole('searchbox').fill('tea')
    await page.getByRole('button', { name: 'Search' }).tap()
    await page.waitForLoadState('networkidle')
    const vitals = JSON.stringify({ ...(await readVitals()), largest_paint_ms })
    test.diagnostic(`1.6 Mbit/s, 150 ms, processor a quarter as fast: ${vitals} (goals: 2000, 200, 0)`)
    await close()
  })
})
