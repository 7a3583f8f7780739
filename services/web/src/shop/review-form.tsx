// Saying what one thinks of a product that was received.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api, dataOf } from '../api/client.ts'
import { mine } from '../api/queries.ts'
import { useText } from '../text/preferences.ts'
import { Button } from '../ui/button.tsx'
import { Field, Form } from '../ui/form.tsx'
import { StarChoice } from '../ui/stars.tsx'
import { toast } from '../ui/toasts.tsx'

export const ReviewForm = ({ product_id }: { product_id: string }) => {
  const { reviews } = useText()
  const cache = useQueryClient()
  const send = useMutation({
    mutationFn: ({ rating, text }: { rating: string; text: string }) =>
      dataOf(api.POST('/api/reviews', { body: { product_id, rating: Number(rating), text } })),
    onSuccess: () => {
      toast(reviews.sent)
      void cache.invalidateQueries({ queryKey: [mine, 'reviews'] })
      void cache.invalidateQueries({ queryKey: ['product', product_id] })
    },
  })
  return (
    <Form<{ rating: string; text: string }>
      error={send.error}
      onValues={(values) => !send.isPending && send.mutate(values)}
    >
      <StarChoice />
      <Field name="text" label={reviews.text} multiline maxLength={5000} />
      <div>
        <Button type="submit" size="small" busy={send.isPending}>
          {reviews.send}
        </Button>
      </div>
    </Form>
  )
}
