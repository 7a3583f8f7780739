// One order's whole journey, to a review of what was received, and the refusals a customer meets. Every check must hold.
import { check, fail } from 'k6'
import { administrator, answers, api, customer, orderOf, product, until } from './lib.js'

export const options = {
  vus: 1,
  iterations: 1,
  thresholds: { checks: ['rate==1'], http_req_failed: ['rate==0'], http_req_duration: ['p(95)<5000'] },
}

export const setup = () => {
  const admin = administrator()
  return { admin, product_id: product(admin), rich: customer(100_000), poor: customer(0) }
}

const walk = ['IN_TRANSIT', 'OUT_FOR_DELIVERY', 'DELIVERED']

export default ({ admin, product_id, rich, poor }) => {
  const order = (token, options = {}) =>
    api('POST', '/api/orders', { body: orderOf(product_id), token, headers: { prefer: 'wait=30' }, ...options })

  const placed = order(rich)
  if (!answers('an order', placed, 201)) fail('without an order there is no journey')
  const { order_id, status, total } = placed.json()
  // Its delivery may have begun by the time that the answer is written.
  check(status, { 'it is paid': (is) => ['PAID', 'IN_DELIVERY'].includes(is) })
  const read = (part = '') =>
    api('GET', `/api/orders/${order_id}${part}`, { token: rich, name: `/api/orders/{id}${part}` })
  answers('its payment', read('/payment'), 200)
  const balance = api('GET', '/api/accounts/balance', { token: rich }).json('balance')
  check(balance, { 'the money is taken': (left) => left === 100_000 - total.amount })

  answers('an order without money', order(poor, { expected: [406] }), 406)
  answers(
    "another's order",
    api('GET', `/api/orders/${order_id}`, { token: poor, name: '/api/orders/{id}', expected: [404] }),
    404,
  )
  answers('an order without a token', api('POST', '/api/orders', { body: orderOf(product_id), expected: [401] }), 401)

  // The administrator plays the courier, unless the simulator was quicker: then the step is taken already (409).
  let delivery_id
  const assigned = until(20, () => {
    const answer = api('GET', `/api/orders/${order_id}/delivery`, {
      token: rich,
      name: '/delivery',
      expected: [200, 404],
    })
    if (answer.status === 200) delivery_id = answer.json('delivery_id')
    return delivery_id !== undefined
  })
  check(assigned, { 'there is a delivery': Boolean })
  for (const step of walk) {
    const path = `/api/deliveries/${delivery_id}/status`
    api('POST', path, {
      body: { status: step },
      token: admin,
      name: '/api/deliveries/{id}/status',
      expected: [200, 409],
    })
  }
  check(
    until(30, () => read().json('status') === 'COMPLETED'),
    { 'it is completed': Boolean },
  )
  const known = until(10, () => read('/timeline').json('entries').at(-1)?.status === 'COMPLETED')
  check(known, { 'its timeline ends with that': Boolean })

  const review = { product_id, rating: 5, text: 'As ordered.' }
  const reviewed = until(
    10,
    () => api('POST', '/api/reviews', { body: review, token: rich, expected: [201, 403, 409] }).status === 201,
  )
  check(reviewed, { 'it is reviewed': Boolean })
}
