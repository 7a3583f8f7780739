// What is used here of Postman's own engine, which comes without types: https://github.com/postmanlabs/postman-runtime
declare module 'postman-collection' {
  interface Collection {
    readonly name: string
  }
  const sdk: { readonly Collection: new (definition: object) => Collection }

  export type { Collection }
  export default sdk
}

declare module 'postman-runtime' {
  import type { Collection } from 'postman-collection'

  type Assertion = { name: string; skipped: boolean; error: Error | null }
  type Item = { name: string }

  type Callbacks = {
    request(error: Error | null, cursor: object, response: { code: number } | undefined): void
    assertion(cursor: object, assertions: Assertion[]): void
    exception(cursor: object, error: Error): void
    item(error: Error | null, cursor: object, item: Item): void
    done(error: Error | null): void
  }

  interface Runner {
    run(
      collection: Collection,
      options: { timeout: { request: number; script: number } },
      begun: (error: Error | null, run: { start(callbacks: Callbacks): void }) => void,
    ): void
  }
  const runtime: { readonly Runner: new () => Runner }
  export default runtime
}
