// What NATS subjects with wildcards mean: `*` stands for one token, `>` for one or more at the end.

/**
 * Whether any subject fits both patterns. A literal is a pattern that fits itself alone, so this also answers whether a
 * subject fits a pattern. Rule: NATS, "Subject-Based Messaging", wildcards.
 */
export const subjectsOverlap = (one: string, other: string): boolean => {
  const left = one.split('.')
  const right = other.split('.')
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const a = left[i]
    const b = right[i]
    if (a === undefined || b === undefined) return false
    if (a === '>' || b === '>') return true
    if (a !== b && a !== '*' && b !== '*') return false
  }
  return true
}
