// Setting a new password by the token of a letter.
import { useMutation } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, dataOf } from '../api/client.ts'
import { useText } from '../text/preferences.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Empty, Notice } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { useLetterToken } from './letter-token.ts'

export default function ResetPasswordPage() {
  const { account } = useText()
  const token = useLetterToken()
  return (
    <Page title={account.resetTitle} lead={account.resetText} width="narrow">
      {token === undefined ? (
        <Empty title={account.badLink} text={account.badLinkText}>
          <ButtonLink to="/forgot-password">{account.forgotTitle}</ButtonLink>
        </Empty>
      ) : (
        <NewPassword token={token} />
      )}
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
