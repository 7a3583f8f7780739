// Customers who look around: the list, a product, its reviews. RATE: visits of three requests per second. DURATION as in orders.
import { administrator, answers, api, customer, customersFor, product } from './lib.js'

const rate = Number(__ENV.RATE || 20)

export const options = {
  setupTimeout: '10m',
  scenarios: {
    browse: {
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
    http_req_failed: ['rate<0.01'],
    dropped_iterations: [`count<${Math.max(1, Math.round(rate / 10))}`],
    'http_req_duration{name:products}': ['p(95)<300', 'p(99)<600'],
    'http_req_duration{name:product}': ['p(95)<300', 'p(99)<600'],
    'http_req_duration{name:reviews}': ['p(95)<300', 'p(99)<600'],
  },
}

export const setup = () => {
  const admin = administrator()
  for (let made = 0; made < 5; made++) product(admin)
  return { customers: Array.from({ length: customersFor(rate * 3) }, () => customer(0)) }
}

export default ({ customers }) => {
  const token = customers[Math.floor(Math.random() * customers.length)]
  const list = api('GET', '/api/products?limit=20', { token, name: 'products' })
  if (!answers('products', list, 200)) return
  const items = list.json('items')
  const { product_id } = items[Math.floor(Math.random() * items.length)]
  answers('a product', api('GET', `/api/products/${product_id}`, { token, name: 'product' }), 200)
  answers('reviews', api('GET', `/api/products/${product_id}/reviews`, { token, name: 'reviews' }), 200)
}
