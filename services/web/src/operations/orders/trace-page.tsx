// One order through all services: where it stands, each step with its time, what caused what, and what an operator can do about it.
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { isMissing } from '../../api/problem.ts'
import { queries as shop } from '../../api/queries.ts'
import { OrderStatus, shortId } from '../../shop/order-status.tsx'
import { ButtonLink } from '../../ui/button.tsx'
import { Empty, Notice } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Pages } from '../../ui/pages.tsx'
import { Answer } from '../answer.tsx'
import { LettersTable } from '../dead-letters/letters-table.tsx'
import piece from '../piece.module.css'
import { live, mostOfJourney, queries } from '../queries.ts'
import { useWords } from '../words.ts'
import { CausationGraph } from './causation-graph.tsx'
import { OrderActions } from './order-actions.tsx'
import { OrderState } from './order-state.tsx'
import { SagaSteps } from './saga-steps.tsx'

/** While an order moves, its page does; what comes behind its end is seen a little later. */
const often = 2000
const seldom = 10_000

const isEnded = (status: string | undefined) => status === 'COMPLETED' || status === 'CANCELLED'

/** What is not known may be about to be. */
const refetchInterval = ({
  state: { data, error },
}: {
  state: { data: { status: string } | undefined; error: unknown }
}) => (isEnded(data?.status) || isMissing(error) ? seldom : often)

export default function TracePage() {
  const { orders } = useWords()
  const { orderId: order_id = '' } = useParams()
  const saga = useQuery({ ...queries.saga(order_id), refetchInterval })
  const order = useQuery({ ...shop.order(order_id), refetchInterval })
  const isFinal = isEnded(saga.data?.status)
  const unknownSaga = isMissing(saga.error) && !saga.data
  if (unknownSaga && isMissing(order.error)) return <Missing />
  return (
    <Page
      title={orders.trace(shortId(order_id))}
      lead={<span className={piece.mono}>{order_id}</span>}
      actions={
        <div className={piece.row}>
          {order.data && <OrderStatus status={order.data.status} />}
          <AllOrders />
        </div>
      }
    >
      <Card title={orders.state}>
        <Answer to={order} outline={{ height: 6 }}>
          {(known) => <OrderState order={known} saga={saga.data} />}
        </Answer>
        <OrderActions order_id={order_id} isFinal={isFinal} />
      </Card>
      <Card title={orders.saga}>
        {unknownSaga ? (
          <Notice>
            <p>{orders.noSaga}</p>
          </Notice>
        ) : (
          <Answer to={saga} outline={{ count: 3, height: 2 }}>
            {(known) => <SagaSteps saga={known} />}
          </Answer>
        )}
      </Card>
      <Causes order_id={order_id} isFinal={isFinal} />
      <Letters order_id={order_id} />
    </Page>
  )
}

const AllOrders = () => {
  const { orders } = useWords()
  return (
    <ButtonLink to="/operations/orders" look="plain">
      {orders.all}
    </ButtonLink>
  )
}

const Missing = () => {
  const { orders } = useWords()
  return (
    <Page title={orders.missing}>
      <Empty text={orders.missingText}>
        <AllOrders />
      </Empty>
    </Page>
  )
}

const Causes = ({ order_id, isFinal }: { order_id: string; isFinal: boolean }) => {
  const { orders } = useWords()
  const journey = useQuery({ ...queries.journey(order_id), refetchInterval: isFinal ? seldom : often })
  return (
    <Card title={orders.causes}>
      <p className={piece.soft}>{orders.causesText}</p>
      <Answer to={journey} outline={{ count: 5, height: 2 }}>
        {({ items, isCut }) => (
          <>
            {items.length === 0 && <Empty title={orders.noEvents} text={orders.noEventsText} />}
            <CausationGraph events={items} />
            {isCut && <p className={piece.soft}>{orders.cut(mostOfJourney)}</p>}
          </>
        )}
      </Answer>
    </Card>
  )
}

const Letters = ({ order_id }: { order_id: string }) => {
  const { orders } = useWords()
  const letters = useInfiniteQuery({ ...queries.letters({ correlation_id: order_id }), refetchInterval: live })
  return (
    <Card title={orders.letters}>
      <Pages to={letters} outline={{ height: 3 }} empty={<p className={piece.soft}>{orders.noLetters}</p>}>
        {(items) => <LettersTable letters={items} />}
      </Pages>
    </Card>
  )
}
