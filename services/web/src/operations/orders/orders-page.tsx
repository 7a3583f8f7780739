// The orders that are late and that nothing was done about, and the way to any other.
import { useInfiniteQuery } from '@tanstack/react-query'
import { useNavigate } from 'react-router'
import { Button } from '../../ui/button.tsx'
import { Field, Form } from '../../ui/form.tsx'
import { Empty } from '../../ui/notice.tsx'
import { Card, Page } from '../../ui/page.tsx'
import { Pages } from '../../ui/pages.tsx'
import { useNow } from '../now.ts'
import { idPattern, OrderLink } from '../piece.tsx'
import { live, queries } from '../queries.ts'
import { Table } from '../table.tsx'
import { useMeasures, useWords } from '../words.ts'
import style from './orders-page.module.css'
import { waitedFor } from './standing.ts'

export default function OrdersPage() {
  const { orders } = useWords()
  return (
    <Page title={orders.title} lead={orders.lead}>
      <Card title={orders.find}>
        <Find />
      </Card>
      <Card title={orders.stuck}>
        <Stuck />
      </Card>
    </Page>
  )
}

const Find = () => {
  const { orders } = useWords()
  const navigate = useNavigate()
  return (
    <search>
      <Form<{ id: string }> onValues={({ id }) => navigate(`/operations/orders/${id.trim().toLowerCase()}`)}>
        <div className={style.find}>
          <Field
            name="id"
            label={orders.id}
            hint={orders.idFormat}
            pattern={idPattern}
            autoComplete="off"
            spellCheck={false}
            required
          />
          <Button type="submit">{orders.open}</Button>
        </div>
      </Form>
    </search>
  )
}

const Stuck = () => {
  const { orders } = useWords()
  const { roughly } = useMeasures()
  const now = useNow()
  const stuck = useInfiniteQuery({ ...queries.stuckOrders(), refetchInterval: live })
  return (
    <Pages to={stuck} outline={{ count: 2, height: 3 }} empty={<Empty title={orders.none} text={orders.noneText} />}>
      {(items) => (
        <Table
          label={orders.stuck}
          rows={items}
          keyOf={({ order_id }) => order_id}
          columns={[
            { title: orders.order, value: ({ order_id }) => <OrderLink id={order_id} whole /> },
            { title: orders.waitsFor, value: (standing) => waitedFor(standing, orders), long: true },
            { title: orders.since, value: ({ deadline }) => roughly(now - Date.parse(deadline)) },
            { title: orders.status, value: ({ status }) => orders.sagaStatus[status] },
            { title: orders.reason, value: ({ reason }) => reason ?? '–' },
          ]}
        />
      )}
    </Pages>
  )
}
