// The language and the appearance that somebody chose on this device, and what pages use of them: words and formats.
import { create } from 'zustand'
import { persist } from 'zustand/middleware'
import { en, type Text } from './en.ts'
import { type Format, formatOf, type Language } from './format.ts'
import { ru } from './ru.ts'

export type Theme = 'system' | 'light' | 'dark'

const languageOfBrowser = (): Language => (navigator.language.toLowerCase().startsWith('ru') ? 'ru' : 'en')

export const usePreferences = create<{ language: Language; theme: Theme }>()(
  persist(() => ({ language: languageOfBrowser(), theme: 'system' as Theme }), { name: 'df.preferences' }),
)

const words: Record<Language, Text> = { en, ru }
const formats: Record<Language, Format> = { en: formatOf('en'), ru: formatOf('ru') }

export const useLanguage = (): Language => usePreferences(({ language }) => language)
export const useText = (): Text => words[useLanguage()]
export const useFormat = (): Format => formats[useLanguage()]

/** Puts language and appearance on the document, now and whenever they change. */
export const applyPreferences = (): void => {
  const apply = ({ language, theme }: { language: Language; theme: Theme }) => {
    document.documentElement.lang = language
    document.documentElement.dataset.theme = theme
  }
  apply(usePreferences.getState())
  usePreferences.subscribe(apply)
}
