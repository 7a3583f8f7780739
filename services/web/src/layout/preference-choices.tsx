// The language and the appearance of this device, to choose.
import type { Language } from '../text/format.ts'
import { type Theme, usePreferences, useText } from '../text/preferences.ts'

export const PreferenceChoices = () => {
  const { preferences } = useText()
  const { language, theme } = usePreferences()
  return (
    <>
      <label>
        {preferences.language}
        <select
          value={language}
          onChange={({ target }) => usePreferences.setState({ language: target.value as Language })}
        >
          <option value="en" lang="en">
            English
          </option>
          <option value="ru" lang="ru">
            Русский
          </option>
        </select>
      </label>
      <label>
        {preferences.theme}
        <select value={theme} onChange={({ target }) => usePreferences.setState({ theme: target.value as Theme })}>
          <option value="system">{preferences.system}</option>
          <option value="light">{preferences.light}</option>
          <option value="dark">{preferences.dark}</option>
        </select>
      </label>
    </>
  )
}
