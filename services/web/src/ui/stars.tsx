// A rating of one to five stars, shown or chosen.
import { Star } from 'lucide-react'
import { useFormat, useText } from '../text/preferences.ts'
import style from './stars.module.css'

const five = [1, 2, 3, 4, 5] as const

export const Stars = ({ average, count }: { average: number | null; count?: number }) => {
  const { shop, reviews } = useText()
  const { number } = useFormat()
  if (average === null) return <span className={style.none}>{shop.noRating}</span>
  const words = count === undefined ? reviews.stars(average) : shop.rating(number(average, 1), count)
  return (
    <span className={style.stars} role="img" aria-label={words}>
      {five.map((star) => (
        <Star key={star} size={16} data-full={average >= star - 0.5} aria-hidden="true" />
      ))}
      {count !== undefined && (
        <span className={style.count} aria-hidden="true">
          {count}
        </span>
      )}
    </span>
  )
}

/** A field of a form, by the name `rating`. */
export const StarChoice = () => {
  const { reviews } = useText()
  return (
    <fieldset className={style.choice}>
      <legend>{reviews.rating}</legend>
      {five.map((star) => (
        <label key={star}>
          <input type="radio" name="rating" value={star} required aria-label={reviews.stars(star)} />
          <Star size={26} aria-hidden="true" />
        </label>
      ))}
    </fieldset>
  )
}
