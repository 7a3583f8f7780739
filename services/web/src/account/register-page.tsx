// A new account, signed in at once.
import { useMutation } from '@tanstack/react-query'
import { Link, Navigate } from 'react-router'
import { api, dataOf } from '../api/client.ts'
import { signIn, useSession } from '../api/session.ts'
import { useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { Card, Page } from '../ui/page.tsx'
import { toast } from '../ui/toasts.tsx'
import { useNext } from './sign-in-page.tsx'

type Registration = { name: string; email: string; password: string }

export default function RegisterPage() {
  const { account } = useText()
  const { status } = useSession()
  const next = useNext()
  const register = useMutation({
    mutationFn: async (registration: Registration) => {
      await dataOf(api.POST('/api/auth/register', { body: registration }))
      toast(account.welcome(registration.name))
      await signIn(registration.email, registration.password)
    },
  })
  if (status === 'signed-in') return <Navigate to={next} replace />
  return (
    <Page title={account.register} lead={account.registerText} width="narrow">
      <Card>
        <Form<Registration>
          error={register.error}
          onValues={(values) => !register.isPending && register.mutate(values)}
        >
          <Field name="name" label={account.name} autoComplete="name" maxLength={100} required />
          <Field name="email" type="email" label={account.email} autoComplete="username" maxLength={254} required />
          <Field
            name="password"
            type="password"
            label={account.password}
            hint={account.passwordHint}
            autoComplete="new-password"
            minLength={8}
            maxLength={200}
            required
          />
          <Button type="submit" size="wide" busy={register.isPending}>
            {account.register}
          </Button>
        </Form>
        <p>
          {account.registered}{' '}
          <Link to="/sign-in" state={{ next }}>
            {account.signIn}
          </Link>
        </p>
      </Card>
    </Page>
  )
}
