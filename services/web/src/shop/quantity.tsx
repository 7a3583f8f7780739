// How many of one product, by two buttons or by typing.
import { Minus, Plus } from 'lucide-react'
import { useText } from '../text/preferences.ts'
import { mostOfOne } from './cart.ts'
import style from './quantity.module.css'

// Base UI's NumberField does it in 20 kB more; the browser's own field and two buttons do it here.
export const Quantity = ({
  label,
  value,
  onChange,
}: {
  label: string
  value: number
  onChange(value: number): void
}) => {
  const { shop } = useText()
  const change = (next: number) => onChange(Math.min(mostOfOne, Math.max(1, Math.trunc(next) || 1)))
  return (
    <div className={style.quantity}>
      <button
        type="button"
        aria-label={`${shop.less}: ${label}`}
        disabled={value <= 1}
        onClick={() => change(value - 1)}
      >
        <Minus size={18} aria-hidden="true" />
      </button>
      <input
        type="number"
        inputMode="numeric"
        min={1}
        max={mostOfOne}
        aria-label={`${shop.quantity}: ${label}`}
        value={value}
        onChange={({ target }) => change(target.valueAsNumber)}
      />
      <button
        type="button"
        aria-label={`${shop.moreOf}: ${label}`}
        disabled={value >= mostOfOne}
        onClick={() => change(value + 1)}
      >
        <Plus size={18} aria-hidden="true" />
      </button>
    </div>
  )
}
