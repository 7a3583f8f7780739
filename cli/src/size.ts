// Sizes as people read them.

const steps = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** "25.3 KiB": bytes in the greatest unit that leaves at least one. */
export const size = (bytes: number): string => {
  const step = Math.min(steps.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10))
  const number = bytes / 1024 ** step
  return `${step === 0 || number >= 100 ? Math.round(number) : number.toFixed(1)} ${steps[step]}`
}
