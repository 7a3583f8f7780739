// The picture of a product: its first letter on a colour of its own, for the catalog keeps no photographs.
import style from './tile.module.css'

/** A hue that is the same wherever the product is shown. */
const hueOf = (product_id: string): number => Number.parseInt(product_id.slice(-6), 16) % 360

export const Tile = ({
  product_id,
  name,
  size = 'card',
}: {
  product_id: string
  name: string
  size?: 'card' | 'line'
}) => (
  <div
    className={[style.tile, size === 'line' && style.line].filter(Boolean).join(' ')}
    style={{ '--hue': hueOf(product_id) } as React.CSSProperties}
    aria-hidden="true"
  >
    {[...name.trim()][0]?.toLocaleUpperCase()}
  </div>
)
