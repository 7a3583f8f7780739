// What a message holds: its headers and its body, as text alone whatever is in it.
import { prettyJson } from './json.ts'
import style from './piece.module.css'
import { useMeasures, useWords } from './words.ts'

/** Text that may be long: it scrolls in its own frame, which the keyboard reaches. */
export const Code = ({ text, label }: { text: string; label: string }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard (WCAG 2.1.1).
  <figure className={style.code} tabIndex={0} aria-label={label}>
    <pre>{text}</pre>
  </figure>
)

export const Json = ({ value, label }: { value: unknown; label: string }) => (
  <Code text={JSON.stringify(value, null, 2)} label={label} />
)

export const Headers = ({ headers }: { headers: readonly (readonly [string, string])[] }) => {
  const { common } = useWords()
  if (headers.length === 0) return <p className={style.soft}>{common.noHeaders}</p>
  return (
    <dl className={style.headers} aria-label={common.headers}>
      {headers.map(([name, value], index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a name may come twice, and headers never move.
        <HeaderLine key={index} name={name} value={value} />
      ))}
    </dl>
  )
}

const HeaderLine = ({ name, value }: { name: string; value: string }) => (
  <>
    <dt className={style.mono}>{name}</dt>
    <dd className={style.mono}>{value}</dd>
  </>
)

type Content = { body: string | null; body_base64: string | null; size?: number; is_cut?: boolean }

/** JSON is laid out; bytes that are no text are shown in base64. */
export const Body = ({ body, body_base64, size, is_cut = false }: Content) => {
  const { common } = useWords()
  const { bytes } = useMeasures()
  if (body === '') return <p className={style.soft}>{common.emptyBody}</p>
  const base64 = body_base64 ?? ''
  return (
    <>
      {body === null && <p className={style.soft}>{common.binary(bytes(size ?? (base64.length / 4) * 3))}</p>}
      <Code text={body === null ? base64 : prettyJson(body)} label={common.body} />
      {is_cut && size !== undefined && <p className={style.soft}>{common.cut(bytes(size))}</p>}
    </>
  )
}
