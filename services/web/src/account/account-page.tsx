// Who one is and how one is reached, what this device shows, and signing out.
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Star } from 'lucide-react'
import { api, dataOf } from '../api/client.ts'
import { ApiProblem } from '../api/problem.ts'
import { queries } from '../api/queries.ts'
import { signOut } from '../api/session.ts'
import type { Profile } from '../generated/api.ts'
import { useText } from '../text/preferences.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Choice, Field, Form } from '../ui/form.tsx'
import { Badge, Skeleton } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { toast } from '../ui/toasts.tsx'

export default function AccountPage() {
  const { account, reviews } = useText()
  const profile = useQuery({
    ...queries.profile(),
    // It appears a moment after the registration.
    refetchInterval: ({ state }) =>
      state.error instanceof ApiProblem && state.error.code === 'not_found' ? 1000 : false,
  })
  const leave = useMutation({ mutationFn: signOut, onSuccess: () => toast(account.signedOut) })
  const actions = (
    <>
      <ButtonLink to="/reviews" look="quiet">
        <Star size={18} aria-hidden="true" />
        {reviews.title}
      </ButtonLink>
      <Button look="quiet" busy={leave.isPending} onClick={() => leave.mutate()}>
        {account.signOut}
      </Button>
    </>
  )
  return (
    <Page title={account.title} width="medium" actions={actions}>
      {leave.error && <Problem error={leave.error} />}
      <Email />
      <Card title={account.contact}>
        {profile.data ? <Contact profile={profile.data} /> : <Skeleton count={4} height={3} />}
      </Card>
    </Page>
  )
}

const Email = () => {
  const { account } = useText()
  const { data, error, refetch } = useQuery(queries.account())
  const resend = useMutation({
    mutationFn: () => dataOf(api.POST('/api/auth/verify-email/resend')),
    onSuccess: () => toast(account.resent),
  })
  return (
    <Card title={account.email}>
      {error && !data && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton height={2} />}
      {data && (
        <p>
          {data.email}{' '}
          <Badge tone={data.email_verified ? 'good' : 'warn'}>
            {data.email_verified ? account.emailVerified : account.emailUnverified}
          </Badge>
        </p>
      )}
      {resend.error && <Problem error={resend.error} />}
      {data?.email_verified === false && (
        <div>
          <Button look="quiet" size="small" busy={resend.isPending} onClick={() => resend.mutate()}>
            {account.resend}
          </Button>
        </div>
      )}
    </Card>
  )
}

type Changes = { name: string; phone: string; address: string; locale: Profile['locale'] }

const Contact = ({ profile }: { profile: Profile }) => {
  const { account } = useText()
  const cache = useQueryClient()
  const save = useMutation({
    mutationFn: ({ phone, address, ...rest }: Changes) =>
      dataOf(api.PUT('/api/profile', { body: { ...rest, phone: phone || null, address: address || null } })),
    onSuccess: (saved) => {
      cache.setQueryData(queries.profile().queryKey, saved)
      toast(account.saved)
    },
  })
  return (
    <Form<Changes> error={save.error} onValues={(values) => !save.isPending && save.mutate(values)}>
      <Field
        name="name"
        label={account.name}
        autoComplete="name"
        defaultValue={profile.name}
        maxLength={100}
        required
      />
      <Field
        name="phone"
        type="tel"
        label={account.phone}
        hint={account.phoneFormat}
        autoComplete="tel"
        pattern="\+?[0-9 \(\)\-]{5,20}"
        defaultValue={profile.phone ?? ''}
      />
      <Field
        name="address"
        label={account.address}
        autoComplete="street-address"
        defaultValue={profile.address ?? ''}
        minLength={3}
        maxLength={500}
      />
      <Choice
        name="locale"
        label={account.letters}
        defaultValue={profile.locale}
        options={[
          ['en', 'English'],
          ['ru', 'Русский'],
        ]}
      />
      <div>
        <Button type="submit" busy={save.isPending}>
          {account.save}
        </Button>
      </div>
    </Form>
  )
}
