// How the pages are built, and served while one works on them: `npm run dev --workspace services/web` beside `npm start`.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

const gateway = process.env.GATEWAY_URL ?? 'http://localhost:8080'

/** Puts `.br` and `.gz` beside each file that gets smaller by it: compressed once here instead of at each request. */
const precompressed = (): Plugin => ({
  name: 'precompressed',
  apply: 'build',
  // Of the files as they were written: until then the bundle still holds marks that are replaced last.
  writeBundle({ dir = '' }, bundle) {
    for (const name of Object.keys(bundle)) {
      const file = join(dir, name)
      const text = readFileSync(file)
      if (text.length < 1000) continue
      const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
      writeFileSync(`${file}.br`, brotliCompressSync(text, brotli))
      writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }))
    }
  },
})

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompressed()],
  build: {
    target: 'baseline-widely-available',
    // A file as a data: URL is what the Content-Security-Policy of the pages forbids for all but images.
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // Each browser that the target allows preloads modules by itself; the polyfill would be an inline script's work.
    modulePreload: { polyfill: false },
  },
  server: {
    port: 5173,
    proxy: Object.fromEntries(
      ['/api', '/docs', '/openapi.json', '/asyncapi.json', '/problems'].map((path) => [path, gateway]),
    ),
  },
})
