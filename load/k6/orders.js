// Orders at a constant arrival rate, however long the answers take. RATE: orders per second. DURATION: such as 30s or 5m.
// WAIT: seconds that each answer is held for the payment's outcome (Prefer: wait); without it 201 is all that is waited for.
import { check } from 'k6'
import { Counter } from 'k6/metrics'
import { administrator, api, customer, customersFor, orderOf, product } from './lib.js'

const rate = Number(__ENV.RATE || 20)
const wait = Number(__ENV.WAIT || 0)
const unpaid = new Counter('orders_unpaid')

export const options = {
  setupTimeout: '10m',
  scenarios: {
    orders: {
      executor: 'constant-arrival-rate',
      rate,
      timeUnit: '1s',
      duration: __ENV.DURATION || '30s',
      preAllocatedVUs: Math.max(10, rate),
      maxVUs: Math.max(50, rate * 10),
    },
  },
  thresholds: {
    checks: ['rate>0.99'],
    // Those that no virtual user was free for: the rate was not kept.
    dropped_iterations: [`count<${Math.max(1, Math.round(rate / 10))}`],
    'http_req_duration{name:order}': wait > 0 ? ['p(95)<2000', 'p(99)<5000'] : ['p(95)<500', 'p(99)<1000'],
    ...(wait > 0 ? { orders_unpaid: ['count==0'] } : {}),
  },
}

export const setup = () => {
  const admin = administrator()
  const products = Array.from({ length: 10 }, () => product(admin))
  const customers = Array.from({ length: customersFor(rate) }, () => customer(1_000_000_000))
  return { products, customers }
}

const any = (list) => list[Math.floor(Math.random() * list.length)]

export default ({ products, customers }) => {
  const headers = wait > 0 ? { prefer: `wait=${wait}` } : {}
  const answer = api('POST', '/api/orders', {
    body: orderOf(any(products)),
    token: any(customers),
    name: 'order',
    headers,
  })
  const accepted = check(answer, { 'accepted: 201': ({ status }) => status === 201 })
  if (wait > 0 && accepted && ['PENDING', 'RESERVED'].includes(answer.json('status'))) unpaid.add(1)
}
