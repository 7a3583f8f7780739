// The wallet: what it holds, adding to it, and every movement.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link } from 'react-router'
import { isMissing } from '../api/problem.ts'
import { queries } from '../api/queries.ts'
import type { LedgerEntry } from '../generated/api.ts'
import { useFormat, useText } from '../text/preferences.ts'
import { Empty, Notice, Skeleton } from '../ui/notice.tsx'
import { Card, Page } from '../ui/page.tsx'
import { Pages } from '../ui/pages.tsx'
import { Problem } from '../ui/problem.tsx'
import { Deposit } from './deposit.tsx'
import style from './wallet-page.module.css'

export default function WalletPage() {
  const { wallet, checkout } = useText()
  const { money } = useFormat()
  const { data, error, refetch } = useQuery(queries.balance())
  return (
    <Page title={wallet.title} width="medium">
      {isMissing(error) && <Notice>{checkout.opening}</Notice>}
      {error && !isMissing(error) && !data && <Problem error={error} retry={refetch} />}
      {!data && !error && <Skeleton height={10} />}
      {data && (
        <>
          <div className={style.columns}>
            <Card title={wallet.balance}>
              <p className={style.balance} aria-live="polite">
                {money({ amount: data.balance, currency: data.currency })}
              </p>
            </Card>
            <Card title={wallet.deposit}>
              <Deposit currency={data.currency} />
            </Card>
          </div>
          <Ledger />
        </>
      )}
    </Page>
  )
}

const Ledger = () => {
  const { wallet } = useText()
  const ledger = useInfiniteQuery(queries.ledger())
  return (
    <Card title={wallet.ledger}>
      <Pages
        to={ledger}
        outline={{ count: 3, height: 3 }}
        empty={<Empty title={wallet.empty} text={wallet.emptyText} />}
      >
        {(entries) => (
          <ul className={style.entries}>
            {entries.map((entry) => (
              <li key={entry.entry_id} className={style.entry}>
                <Entry entry={entry} />
              </li>
            ))}
          </ul>
        )}
      </Pages>
    </Card>
  )
}

const Entry = ({ entry: { kind, amount, currency, order_id, at, balance_after } }: { entry: LedgerEntry }) => {
  const { wallet } = useText()
  const { signedMoney, money, dateTime } = useFormat()
  return (
    <>
      <span>
        {wallet.kinds[kind]} {order_id && <Link to={`/orders/${order_id}`}>{wallet.forOrder}</Link>}
      </span>
      <span className={style.amount} data-in={amount > 0}>
        {signedMoney({ amount, currency })}
      </span>
      <time className={style.soft} dateTime={at}>
        {dateTime(at)}
      </time>
      <span className={`${style.soft} ${style.right}`}>{wallet.after(money({ amount: balance_after, currency }))}</span>
    </>
  )
}
