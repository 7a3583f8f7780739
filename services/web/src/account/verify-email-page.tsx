// Confirming an e-mail address by the token of a letter, as soon as the link is opened.
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { api, dataOf } from '../api/client.ts'
import { mine } from '../api/queries.ts'
import { useText } from '../text/preferences.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Notice, Skeleton } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'
import { Problem } from '../ui/problem.tsx'
import { LetterToken } from './letter-token.tsx'

export default function VerifyEmailPage() {
  const { account } = useText()
  return (
    <Page title={account.verifyTitle} width="narrow">
      <LetterToken>{(token) => <Verified token={token} />}</LetterToken>
    </Page>
  )
}

/** A query, not a mutation: the token is spent once, however often the page is drawn. */
const Verified = ({ token }: { token: string }) => {
  const { account, problem } = useText()
  const cache = useQueryClient()
  const { isSuccess, error, refetch } = useQuery({
    queryKey: ['verify-email', token],
    queryFn: () => dataOf(api.POST('/api/auth/verify-email', { body: { token } })),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  useEffect(() => {
    if (isSuccess) void cache.invalidateQueries({ queryKey: [mine, 'account'] })
  }, [isSuccess, cache])
  if (error) return <Problem error={error} retry={refetch} />
  if (!isSuccess) return <Skeleton />
  return (
    <Notice tone="good">
      <p>{account.verified}</p>
      <ButtonLink to="/" size="small">
        {problem.home}
      </ButtonLink>
    </Notice>
  )
}
