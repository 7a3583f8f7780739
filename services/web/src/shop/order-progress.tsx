// How far an order is on its way, as steps.
import { Check } from 'lucide-react'
import type { Order } from '../generated/api.ts'
import { useText } from '../text/preferences.ts'
import style from './order-page.module.css'

const steps: readonly Order['status'][] = ['PENDING', 'RESERVED', 'PAID', 'IN_DELIVERY', 'COMPLETED']

/** `status`: of an order that is not cancelled. */
export const OrderProgress = ({ status }: { status: Order['status'] }) => {
  const { status: words } = useText()
  const reached = steps.indexOf(status)
  return (
    <ol className={style.progress}>
      {steps.map((step, index) => (
        <li
          key={step}
          className={style.step}
          data-reached={index <= reached}
          aria-current={index === reached ? 'step' : undefined}
        >
          <span className={style.dot}>{index <= reached && <Check size={16} aria-hidden="true" />}</span>
          {words[step]}
        </li>
      ))}
    </ol>
  )
}
