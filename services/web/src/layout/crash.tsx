// A page that breaks says so and offers to begin again, instead of leaving a white window.
import { Component, type ReactNode } from 'react'
import { useText } from '../text/preferences.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Empty } from '../ui/notice.tsx'

export class Crash extends Component<{ children: ReactNode }, { crashed: boolean }> {
  override state = { crashed: false }

  static getDerivedStateFromError() {
    return { crashed: true }
  }

  override render() {
    return this.state.crashed ? <Crashed /> : this.props.children
  }
}

const Crashed = () => {
  const { problem } = useText()
  return (
    <Empty title={problem.crashed} text={problem.crashedText}>
      <Button onClick={() => location.reload()}>{problem.reload}</Button>
      <ButtonLink to="/" look="plain">
        {problem.home}
      </ButtonLink>
    </Empty>
  )
}
