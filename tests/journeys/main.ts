// `npm run flows`: acts every journey on a system of its own and writes the pages of docs/flows.
import { mkdirSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { journeys } from './journeys.ts'
import { indexPage, pageFile, pageOf } from './page.ts'
import { openStage } from './stage.ts'

const { positionals } = parseArgs({ allowPositionals: true })
const wanted = journeys.filter(({ page }) => positionals.length === 0 || positionals.includes(page))

const stage = await openStage()
try {
  mkdirSync(pageFile(''), { recursive: true })
  for (const journey of wanted) {
    await journey.act(stage)
    writeFileSync(pageFile(`${journey.page}.md`), pageOf(journey, stage.acted()))
    console.log(`docs/flows/${journey.page}.md: written`)
  }
  writeFileSync(pageFile('README.md'), indexPage())
  console.log('docs/flows/README.md: written')
} finally {
  await stage.close()
}
