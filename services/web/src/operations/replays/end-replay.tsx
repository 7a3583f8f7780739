// The question before a replay is given up, or the old read model dropped for good.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, dataOf } from '../../api/client.ts'
import type { Replay } from '../../generated/api.ts'
import { keys } from '../queries.ts'
import { AskReason } from '../reason.tsx'
import { useWords } from '../words.ts'

export type Ending = { replay: Replay; action: 'cancel' | 'finalize' }

export const EndReplay = ({ ending: { replay, action }, onClose }: { ending: Ending; onClose(): void }) => {
  const { replays } = useWords()
  const cache = useQueryClient()
  const end = useMutation({
    mutationFn: ({ reason }: { reason: string }) =>
      dataOf(api.POST('/api/replays/{job}/end', { params: { path: { job: replay.job } }, body: { action, reason } })),
    onSettled: () => cache.invalidateQueries({ queryKey: keys.replays }),
  })
  const isCancel = action === 'cancel'
  return (
    <AskReason
      open
      onClose={onClose}
      title={isCancel ? replays.cancelTitle : replays.finalizeTitle}
      text={isCancel ? replays.cancelText : replays.finalizeText}
      confirm={replays[action]}
      danger
      busy={end.isPending}
      error={end.error}
      onReason={(values) => end.mutate(values)}
      result={end.data && <p>{replays.ended(end.data.projection, replays.state[end.data.state])}</p>}
    />
  )
}
