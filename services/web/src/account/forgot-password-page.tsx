// Asking for the letter by which a password is set anew.
import { useMutation } from '@tanstack/react-query'
import { Link } from 'react-router'
import { api, dataOf } from '../api/client.ts'
import { useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'

export default function ForgotPasswordPage() {
  const { account } = useText()
  const ask = useMutation({
    mutationFn: ({ email }: { email: string }) => dataOf(api.POST('/api/auth/password-reset', { body: { email } })),
  })
  return (
    <Page title={account.forgotTitle} lead={account.forgotText} width="narrow">
      <Card>
        {ask.isSuccess ? (
          <Notice tone="good">{account.linkSent}</Notice>
        ) : (
          <Form<{ email: string }> error={ask.error} onValues={(values) => !ask.isPending && ask.mutate(values)}>
            <Field name="email" type="email" label={account.email} autoComplete="username" maxLength={254} required />
            <Button type="submit" size="wide" busy={ask.isPending}>
              {account.sendLink}
            </Button>
          </Form>
        )}
        <p>
          <Link to="/sign-in">{account.signIn}</Link>
        </p>
      </Card>
    </Page>
  )
}
