// Signing in, and on to where one wanted to go.
import { useMutation } from '@tanstack/react-query'
import { Link, Navigate, useLocation } from 'react-router'
import { signIn, useSession } from '../api/session.ts'
import { useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Notice } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'

/** Where to go after signing in: an address of these pages, which the state of the history holds and no link can set. */
export const useNext = (): string => {
  const { state } = useLocation()
  return typeof state?.next === 'string' ? state.next : '/'
}

export default function SignInPage() {
  const { account } = useText()
  const { status, expired } = useSession()
  const next = useNext()
  const enter = useMutation({
    mutationFn: ({ email, password }: { email: string; password: string }) => signIn(email, password),
  })
  if (status === 'signed-in') return <Navigate to={next} replace />
  return (
    <Page title={account.signIn} lead={account.signInText} width="narrow">
      {expired ? (
        <Notice tone="warn">{account.expired}</Notice>
      ) : (
        next !== '/' && <Notice>{account.signInFirst}</Notice>
      )}
      <Card>
        <Form<{ email: string; password: string }>
          error={enter.error}
          onValues={(values) => !enter.isPending && enter.mutate(values)}
        >
          <Field name="email" type="email" label={account.email} autoComplete="username" maxLength={254} required />
          <Field
            name="password"
            type="password"
            label={account.password}
            autoComplete="current-password"
            maxLength={200}
            required
          />
          <Button type="submit" size="wide" busy={enter.isPending}>
            {account.signIn}
          </Button>
        </Form>
        <p>
          <Link to="/forgot-password">{account.forgotten}</Link>
        </p>
        <p>
          {account.noAccount}{' '}
          <Link to="/register" state={{ next }}>
            {account.register}
          </Link>
        </p>
      </Card>
    </Page>
  )
}
