// Addresses at which there is nothing, or nothing for this user.
import { useText } from '../text/preferences.ts'
import { ButtonLink } from '../ui/button.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'

export const NotFound = () => {
  const { problem } = useText()
  return <Nothing title={problem.notFound} text={problem.notFoundText} />
}

export const NotForYou = () => {
  const { problem } = useText()
  return <Nothing title={problem.forbidden} text={problem.forbiddenText} />
}

const Nothing = ({ title, text }: { title: string; text: string }) => {
  const { problem } = useText()
  return (
    <Page title={title}>
      <Empty text={text}>
        <ButtonLink to="/">{problem.home}</ButtonLink>
      </Empty>
    </Page>
  )
}
