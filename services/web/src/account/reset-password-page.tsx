// Setting a new password by the token of a letter.
import { useMutation } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, dataOf } from '../api/client.ts'
import { useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { LetterToken } from './letter-token.tsx'

export default function ResetPasswordPage() {
  const { account } = useText()
  return (
    <Page title={account.resetTitle} lead={account.resetText} width="narrow">
      <LetterToken>{(token) => <NewPassword token={token} />}</LetterToken>
    </Page>
  )
}

const NewPassword = ({ token }: { token: string }) => {
  const { account } = useText()
  const reset = useMutation({
    mutationFn: ({ password }: { password: string }) =>
      dataOf(api.POST('/api/auth/password-reset/confirm', { body: { token, password } })),
  })
  return (
    <Card>
      {reset.isSuccess ? (
        <Notice tone="good">
          <p>{account.passwordSaved}</p>
          <Link to="/sign-in">{account.signIn}</Link>
        </Notice>
      ) : (
        <Form<{ password: string }> error={reset.error} onValues={(values) => !reset.isPending && reset.mutate(values)}>
          <Field
            name="password"
            type="password"
            label={account.newPassword}
            hint={account.passwordHint}
            autoComplete="new-password"
            minLength={8}
            maxLength={200}
            required
          />
          <Button type="submit" size="wide" busy={reset.isPending}>
            {account.savePassword}
          </Button>
        </Form>
      )}
    </Card>
  )
}
