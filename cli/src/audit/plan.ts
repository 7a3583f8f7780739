// What a replay would take, in numbers: the same for a read model and for anything else that it goes to.
import { size } from '../size.ts'
import { number } from '../values.ts'

type TypeCount = { type: string; records: number; bytes: number }

/** Records and bytes of all types together. */
export const totalOf = (types: readonly TypeCount[]): { records: number; bytes: number } => ({
  records: types.reduce((total, { records }) => total + records, 0),
  bytes: types.reduce((total, { bytes }) => total + bytes, 0),
})

/** "1,234 records, 5.6 MB, up to place 99", and a line for each type. */
export const amountsText = ({
  types,
  records,
  bytes,
  upto,
}: ReturnType<typeof totalOf> & { types: readonly TypeCount[]; upto: number }): string =>
  [
    `${number(records)} records, ${size(bytes)}, up to place ${upto}`,
    ...types.map((one) => `  ${one.type.padEnd(26)}${number(one.records).padStart(12)}${size(one.bytes).padStart(12)}`),
  ].join('\n')
