// The shop's first page: what is offered, and the search in it.
import { useInfiniteQuery } from '@tanstack/react-query'
import { Search, ShoppingCart } from 'lucide-react'
import { Link, useSearchParams } from 'react-router'
import { queries } from '../api/queries.ts'
import type { OfferedProduct } from '../generated/api.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { Button, ButtonLink } from '../ui/button.tsx'
import { Empty } from '../ui/notice.tsx'
import { Page } from '../ui/page.tsx'
import { Pages } from '../ui/pages.tsx'
import { Stars } from '../ui/stars.tsx'
import { toast } from '../ui/toasts.tsx'
import { addToCart } from './cart.ts'
import style from './catalog-page.module.css'
import { isOrderable, Stock } from './stock.tsx'
import { Tile } from './tile.tsx'

export const CatalogPage = () => {
  const { shop } = useText()
  const [search] = useSearchParams()
  const q = search.get('q')?.trim() ?? ''
  return (
    <Page title={q === '' ? shop.title : shop.found(q)}>
      <SearchForm key={q} q={q} />
      <Products q={q} />
    </Page>
  )
}

const SearchForm = ({ q }: { q: string }) => {
  const { shop } = useText()
  const [, setSearch] = useSearchParams()
  return (
    <search>
      <form
        className={style.search}
        onSubmit={(event) => {
          event.preventDefault()
          const wanted = String(new FormData(event.currentTarget).get('q')).trim()
          setSearch(wanted === '' ? {} : { q: wanted })
        }}
      >
        <label>
          <Search size={20} aria-hidden="true" />
          <input
            type="search"
            name="q"
            defaultValue={q}
            maxLength={100}
            placeholder={shop.search}
            aria-label={shop.search}
          />
        </label>
        <Button type="submit">{shop.searchButton}</Button>
      </form>
    </search>
  )
}

const Products = ({ q }: { q: string }) => {
  const products = useInfiniteQuery(queries.products(q))
  return (
    <Pages to={products} outline={{ count: 3, height: 14 }} empty={<NoProducts q={q} />}>
      {(items) => (
        <ul className={style.grid}>
          {items.map((product) => (
            <li key={product.product_id} className={style.card}>
              <ProductCard product={product} />
            </li>
          ))}
        </ul>
      )}
    </Pages>
  )
}

const NoProducts = ({ q }: { q: string }) => {
  const { shop } = useText()
  return q === '' ? (
    <Empty title={shop.empty} text={shop.emptyText} />
  ) : (
    <Empty title={shop.none} text={shop.noneText(q)}>
      <ButtonLink to="/">{shop.all}</ButtonLink>
    </Empty>
  )
}

const ProductCard = ({ product }: { product: OfferedProduct }) => {
  const { shop } = useText()
  const { money } = useFormat()
  const { product_id, name, description, price, rating } = product
  return (
    <>
      <Tile product_id={product_id} name={name} />
      <h2>
        <Link to={`/products/${product_id}`} className={style.name}>
          {name}
        </Link>
      </h2>
      <p className={style.description}>{description}</p>
      <div className={style.row}>
        <Stars {...rating} />
        <Stock product={product} />
      </div>
      <div className={`${style.row} ${style.foot}`}>
        <span className={style.price}>{money(price)}</span>
        {isOrderable(product) && (
          <Button
            size="icon"
            aria-label={`${shop.add}: ${name}`}
            onClick={() => addToCart(product) && toast(shop.added(name))}
          >
            <ShoppingCart size={20} aria-hidden="true" />
          </Button>
        )}
      </div>
    </>
  )
}
