// The pages of docs/flows say what happens: each journey is acted, and what is seen is compared with its page.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, before, describe, it } from 'node:test'
import { journeys } from '../journeys/journeys.ts'
import { indexPage, pageFile, pageOf } from '../journeys/page.ts'
import { openStage, type Stage } from '../journeys/stage.ts'

const stale = 'this page says something else: look whether that is meant, and run npm run flows'

describe('the journeys of docs/flows', () => {
  let stage: Stage
  before(async () => {
    stage = await openStage()
  })
  after(() => stage?.close())

  for (const journey of journeys) {
    const file = `${journey.page}.md`
    it(`${file} is what happens`, async () => {
      await journey.act(stage)
      assert.equal(pageOf(journey, stage.acted()), readFileSync(pageFile(file), 'utf8'), `${file}: ${stale}`)
    })
  }

  it('are all in the list, and no others', () => {
    assert.equal(indexPage(), readFileSync(pageFile('README.md'), 'utf8'), `README.md: ${stale}`)
    const pages = ['README.md', ...journeys.map(({ page }) => `${page}.md`)]
    assert.deepEqual(readdirSync(pageFile('')).sort(), pages.sort())
  })
})
