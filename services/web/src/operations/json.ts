// JSON as people read it, without changing what it says.

/** Laid out where it is JSON, else as it is. Numbers that a double cannot hold stay as they were written. */
export const prettyJson = (text: string): string => {
  try {
    // A number is kept as its source text (ECMAScript 2025, JSON.parse source text access), where the browser can.
    const value: unknown = JSON.parse(text, (_key, parsed: unknown, context?: { source?: string }) =>
      typeof parsed === 'number' && context?.source !== undefined && String(parsed) !== context.source
        ? rawJson(context.source)
        : parsed,
    )
    return JSON.stringify(value, null, 2)
  } catch {
    return text
  }
}

const rawJson: (source: string) => unknown =
  (JSON as { rawJSON?: (source: string) => unknown }).rawJSON ?? ((source) => Number(source))
