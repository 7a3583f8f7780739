// What surrounds every page: the way around, what was just said, and whether the network is there.
import { onlineManager } from '@tanstack/react-query'
import { CreditCard, Gauge, Package, ShoppingCart, Store, User as UserIcon } from 'lucide-react'
import { type ReactNode, useEffect, useSyncExternalStore } from 'react'
import { Link, NavLink, useLocation, useNavigationType } from 'react-router'
import { useSession } from '../api/session.ts'
import { countOf, useCart } from '../shop/cart.ts'
import { useText } from '../text/preferences.ts'
import { Toasts } from '../ui/toasts.tsx'
import { PreferenceChoices } from './preference-choices.tsx'
import style from './shell.module.css'

export const Shell = ({ children }: { children: ReactNode }) => {
  const text = useText()
  useScrollToTop()
  return (
    <div className={style.shell}>
      <a className={style.skip} href="#content">
        {text.skipToContent}
      </a>
      <header className={style.header}>
        <div className={style.bar}>
          <Link to="/" className={style.brand}>
            <img src="/icon.svg" alt="" width={32} height={32} />
            DeliveryFlow
          </Link>
          <Navigation />
        </div>
        <Offline />
      </header>
      <main id="content" tabIndex={-1} className={style.main}>
        {children}
      </main>
      <footer className={style.footer}>
        <div className={style.foot}>
          <p>
            DeliveryFlow · <a href="/docs">{text.nav.api}</a> · <a href="/docs/events">{text.nav.events}</a>
          </p>
          <div className={style.choices}>
            <PreferenceChoices />
          </div>
        </div>
      </footer>
      <Toasts />
    </div>
  )
}

const Navigation = () => {
  const { nav } = useText()
  const { user, status } = useSession()
  const count = useCart(countOf)
  const inside = status !== 'anonymous'
  return (
    <nav className={style.links} aria-label={nav.main}>
      <NavLink to="/" end className={style.link}>
        <Store size={20} aria-hidden="true" />
        {nav.shop}
      </NavLink>
      <NavLink to="/cart" className={style.link}>
        <ShoppingCart size={20} aria-hidden="true" />
        {nav.cart}
        {count > 0 && (
          <>
            <span className={style.hidden}>{nav.inCart(count)}</span>
            <span className={style.count} aria-hidden="true">
              {count}
            </span>
          </>
        )}
      </NavLink>
      {inside && (
        <>
          <NavLink to="/orders" className={style.link}>
            <Package size={20} aria-hidden="true" />
            {nav.orders}
          </NavLink>
          <NavLink to="/wallet" className={style.link}>
            <CreditCard size={20} aria-hidden="true" />
            {nav.wallet}
          </NavLink>
        </>
      )}
      {user?.role === 'admin' && (
        <NavLink to="/operations" className={style.link}>
          <Gauge size={20} aria-hidden="true" />
          {nav.operations}
        </NavLink>
      )}
      <NavLink to={inside ? '/account' : '/sign-in'} className={style.link}>
        <UserIcon size={20} aria-hidden="true" />
        {inside ? nav.account : nav.signIn}
      </NavLink>
    </nav>
  )
}

const Offline = () => {
  const text = useText()
  const online = useSyncExternalStore(
    (changed) => onlineManager.subscribe(changed),
    () => onlineManager.isOnline(),
  )
  return online ? null : (
    <p className={style.offline} role="status">
      {text.offline}
    </p>
  )
}

/** A new page begins at its top; going back leaves the place to the browser. */
const useScrollToTop = () => {
  const { pathname } = useLocation()
  const how = useNavigationType()
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the change of the address that counts.
  useEffect(() => {
    if (how !== 'POP') window.scrollTo(0, 0)
  }, [pathname])
}
