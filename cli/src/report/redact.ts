// Takes secrets out of text and objects: every known value in each form in which it may appear, and whatever looks like one.

const blank = '***'

/** Keys of Secrets whose values are no secret, and would take ordinary words out of every log. */
const plainKeys =
  /^(username|user|host|port|dbname|namespace|admin-email|ca\.crt|tls\.crt|type|kubernetes\.io\/.*|\.dockerconfigjson\.host)$/

/** Shorter values are ordinary words. */
const shortest = 4

/** The values to be taken out that one entry of a Secret holds: itself, and of a URI the password alone. */
export const secretValues = (key: string, value: string): string[] => {
  if (plainKeys.test(key)) return []
  const whole = value.trim()
  const uri = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*?(?::([^/?#@]*))?@)?/i.exec(whole)
  if (!uri) return whole.length < shortest ? [] : [whole]
  const [, password] = uri
  // A URI without a password says where something is, no more.
  return password ? [whole, password, decoded(password)].filter(({ length }) => length >= shortest) : []
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A value as it is, in JSON, in a URL, in base64, and line by line where it has several. */
const formsOf = (value: string): string[] => [
  value,
  JSON.stringify(value).slice(1, -1),
  encodeURIComponent(value),
  Buffer.from(value).toString('base64'),
  Buffer.from(value).toString('base64').replace(/=+$/, ''),
  Buffer.from(value).toString('base64url'),
  ...value.split('\n').filter((line) => line.trim().length >= 16 && !line.startsWith('-----')),
]

/** What is secret by its shape, whoever made it. The first group, if any, stays. */
const shapes: readonly RegExp[] = [
  /([a-z][a-z0-9+.-]*:\/\/[^\s:/?#@"']*:)[^\s/?#@"']+(?=@)/gi,
  /(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /()\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*/g,
  /((?:\\?["'])?[\w-]*(?:password|passwd|secret|token|api_?key|private_?key|authorization)(?:\\?["'])?\s*[:=]\s*\\?")[^"\\]+/gi,
  /([?&](?:token|access_token|code|key|password)=)[^\s&"'<>\\]+/gi,
  /()-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g,
]

/** Makes the function that takes these values out of a text, and whatever has the shape of a secret. */
export const redactor = (values: Iterable<string>): ((text: string) => string) => {
  const forms = [...new Set([...values].filter((value) => value.length >= shortest).flatMap(formsOf))]
    .filter(({ length }) => length >= shortest)
    .sort((a, b) => b.length - a.length)
  const known = forms.length === 0 ? null : new RegExp(forms.map(patternOf).join('|'), 'g')
  return (text) => {
    const without = known ? text.replace(known, blank) : text
    return shapes.reduce((rest, shape) => rest.replace(shape, (_, kept: string) => `${kept}${blank}`), without)
  }
}

/** A short value may be a part of any word: it must stand alone. */
const patternOf = (form: string): string => {
  const escaped = form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return form.length >= 8 ? escaped : `(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`
}

const secretName = /password|passwd|secret$|token|api_?key|private_?key|credentials/i
const noise = new Set(['managedFields', 'kubectl.kubernetes.io/last-applied-configuration'])

/**
 * A Kubernetes object, or any other tree, without secrets: no value of a Secret, none of an environment variable or a setting
 * with a secret's name, and none of the bookkeeping that repeats them.
 */
export const withoutSecrets = (tree: unknown): unknown => {
  if (Array.isArray(tree)) return tree.map(withoutSecrets)
  if (typeof tree !== 'object' || tree === null || tree instanceof Date) return tree
  const entries = Object.entries(tree).filter(([key]) => !noise.has(key))
  const { kind, name, value } = tree as { kind?: unknown; name?: unknown; value?: unknown }
  const blanked = (inner: unknown) =>
    typeof inner === 'object' && inner !== null
      ? Object.fromEntries(Object.keys(inner).map((key) => [key, blank]))
      : inner
  return Object.fromEntries(
    entries.map(([key, inner]) => {
      if (kind === 'Secret' && (key === 'data' || key === 'stringData')) return [key, blanked(inner)]
      if (key === 'value' && typeof name === 'string' && typeof value === 'string' && secretName.test(name))
        return [key, blank]
      if (typeof inner === 'string' && inner !== '' && secretName.test(key)) return [key, blank]
      return [key, withoutSecrets(inner)]
    }),
  )
}
