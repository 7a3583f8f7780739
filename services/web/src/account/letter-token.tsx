// The token of a letter: from its link, where it stands behind the # that browsers send to no server, or typed in as its code.
import { type ReactNode, useEffect, useState } from 'react'
import { useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Card } from '../ui/page.tsx'

/** Shows what is done with the token once there is one. It is taken out of the address, so that it is in no history and no picture. */
export const LetterToken = ({ children }: { children: (token: string) => ReactNode }) => {
  const { account } = useText()
  const [token, setToken] = useState(() => new URLSearchParams(location.hash.slice(1)).get('token'))
  useEffect(() => {
    if (token) history.replaceState(history.state, '', location.pathname)
  }, [token])
  if (token) return children(token)
  return (
    <Card>
      <p>{account.codeText}</p>
      <Form<{ code: string }> onValues={({ code }) => setToken(code.trim())}>
        <Field name="code" label={account.code} autoComplete="one-time-code" maxLength={2000} required />
        <Button type="submit" size="wide">
          {account.goOn}
        </Button>
      </Form>
    </Card>
  )
}
