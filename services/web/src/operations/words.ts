// The words and measures of the operations desk in the reader's language. They load with the desk, not with the shop.
import type { Language } from '../text/format.ts'
import { useLanguage } from '../text/preferences.ts'
import { type Measures, measuresOf } from './measures.ts'
import { en, type Words } from './text/en.ts'
import { ru } from './text/ru.ts'

const words: Record<Language, Words> = { en, ru }
const measures: Record<Language, Measures> = { en: measuresOf('en'), ru: measuresOf('ru') }

export const useWords = (): Words => words[useLanguage()]
export const useMeasures = (): Measures => measures[useLanguage()]
