// Which page stands at which address, and who may open it. Each page but the first is loaded when it is first opened.
import { useQuery } from '@tanstack/react-query'
import { lazy, type ReactNode, Suspense } from 'react'
import { Navigate, Outlet, Route, Routes as RouteTable, useLocation } from 'react-router'
import { accessToken, useSession } from './api/session.ts'
import { Crash } from './layout/crash.tsx'
import { NotForYou, NotFound } from './layout/not-found.tsx'
import { Shell } from './layout/shell.tsx'
import { CatalogPage } from './shop/catalog-page.tsx'
import { Skeleton } from './ui/notice.tsx'
import { Problem } from './ui/problem.tsx'

const ProductPage = lazy(() => import('./shop/product-page.tsx'))
const CartPage = lazy(() => import('./shop/cart-page.tsx'))
const CheckoutPage = lazy(() => import('./shop/checkout-page.tsx'))
const OrdersPage = lazy(() => import('./shop/orders-page.tsx'))
const OrderPage = lazy(() => import('./shop/order-page.tsx'))
const WalletPage = lazy(() => import('./shop/wallet-page.tsx'))
const ReviewsPage = lazy(() => import('./shop/reviews-page.tsx'))
const SignInPage = lazy(() => import('./account/sign-in-page.tsx'))
const RegisterPage = lazy(() => import('./account/register-page.tsx'))
const ForgotPasswordPage = lazy(() => import('./account/forgot-password-page.tsx'))
const ResetPasswordPage = lazy(() => import('./account/reset-password-page.tsx'))
const VerifyEmailPage = lazy(() => import('./account/verify-email-page.tsx'))
const AccountPage = lazy(() => import('./account/account-page.tsx'))
const Desk = lazy(() => import('./operations/desk.tsx'))

export const Routes = () => (
  <RouteTable>
    <Route
      element={
        <Shell>
          <Loaded />
        </Shell>
      }
    >
      <Route index element={<CatalogPage />} />
      <Route path="products/:productId" element={<ProductPage />} />
      <Route path="cart" element={<CartPage />} />
      <Route path="sign-in" element={<SignInPage />} />
      <Route path="register" element={<RegisterPage />} />
      <Route path="forgot-password" element={<ForgotPasswordPage />} />
      <Route path="reset-password" element={<ResetPasswordPage />} />
      <Route path="verify-email" element={<VerifyEmailPage />} />
      <Route element={<SignedIn />}>
        <Route path="checkout" element={<CheckoutPage />} />
        <Route path="orders" element={<OrdersPage />} />
        <Route path="orders/:orderId" element={<OrderPage />} />
        <Route path="wallet" element={<WalletPage />} />
        <Route path="reviews" element={<ReviewsPage />} />
        <Route path="account" element={<AccountPage />} />
      </Route>
      <Route element={<SignedIn only="admin" />}>
        <Route path="operations/*" element={<Desk />} />
      </Route>
      <Route path="*" element={<NotFound />} />
    </Route>
  </RouteTable>
)

/** A page that breaks, or whose code cannot be loaded, takes nothing else with it; another address begins anew. */
const Loaded = () => {
  const { pathname } = useLocation()
  return (
    <Crash key={pathname}>
      <Suspense fallback={<Skeleton count={3} />}>
        <Outlet />
      </Suspense>
    </Crash>
  )
}

/** Sends others to sign in, and back to where they wanted to go. The API refuses them by itself. */
const SignedIn = ({ only, children = <Outlet /> }: { only?: 'admin'; children?: ReactNode }) => {
  const { status, user } = useSession()
  const { pathname, search, hash } = useLocation()
  if (status === 'unknown') return <Renewing />
  if (status === 'anonymous') return <Navigate to="/sign-in" replace state={{ next: pathname + search + hash }} />
  return only && user?.role !== only ? <NotForYou /> : children
}

/** The session of the cookie is being renewed; where that cannot be done now, it is tried again. */
const Renewing = () => {
  const { error, refetch } = useQuery({ queryKey: ['session'], queryFn: accessToken, staleTime: 0 })
  return error ? <Problem error={error} retry={refetch} /> : <Skeleton count={3} />
}
