// The API as k6 scenarios call it, and who they call it as. Settings: BASE_URL, ADMIN_EMAIL, ADMIN_PASSWORD.
import { check, fail, sleep } from 'k6'
import http from 'k6/http'

const url = __ENV.BASE_URL || 'http://localhost:8080'
const password = 'correct horse battery staple'

/** A text that no other run has. */
const unique = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`

/**
 * One call. `name`: what its figures are filed under, for paths that hold an id. `expected`: statuses that are no failure of
 * the request; by default those below 400.
 */
export const api = (method, path, { body, token, name, expected, headers = {} } = {}) =>
  http.request(method, `${url}${path}`, body === undefined ? null : JSON.stringify(body), {
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    tags: { name: name ?? path },
    responseCallback: expected ? http.expectedStatuses(...expected) : http.expectedStatuses({ min: 200, max: 399 }),
    timeout: '70s',
  })

/** For the preparation: must answer as expected, and waits its minute out where a rate limit says so. Ends the run otherwise. */
const must = (method, path, options) => {
  for (let attempt = 1; ; attempt++) {
    const answer = api(method, path, { ...options, expected: [200, 201, 429, 503] })
    if (answer.status === 200 || answer.status === 201) return answer.json()
    if ((answer.status !== 429 && answer.status !== 503) || attempt > 30)
      fail(`${method} ${path} answered ${answer.status}: ${answer.body}`)
    sleep(Number(answer.headers['Retry-After'] || 1))
  }
}

/** The administrator's token. */
export const administrator = () => {
  if (!__ENV.ADMIN_PASSWORD)
    fail('ADMIN_PASSWORD is not set; npm start prints it, and `node load/k6.ts` finds it by itself.')
  const email = __ENV.ADMIN_EMAIL || 'admin@deliveryflow.example'
  return must('POST', '/api/auth/login', { body: { email, password: __ENV.ADMIN_PASSWORD } }).access_token
}

/** A new product's id. */
export const product = (admin, { price = 1000, stock = 1_000_000 } = {}) => {
  const body = { name: `Load ${unique()}`, price: { amount: price, currency: 'RUB' } }
  const { product_id } = must('POST', '/api/products', { body, token: admin })
  must('PUT', `/api/products/${product_id}/stock`, { body: { quantity: stock }, token: admin, name: '/stock' })
  return product_id
}

/** The token of a new customer with this much money, in minor units. */
export const customer = (funds) => {
  const email = `k6-${unique()}@example.com`
  must('POST', '/api/auth/register', { body: { email, password, name: 'Kay Six' } })
  const token = must('POST', '/api/auth/login', { body: { email, password } }).access_token
  // The account is opened by an event, moments after the registration.
  until(10, () => api('GET', '/api/accounts/balance', { token, expected: [200, 404] }).status === 200)
  if (funds > 0) must('POST', '/api/accounts/deposit', { body: { amount: funds, currency: 'RUB' }, token })
  return token
}

/** What POST /api/orders takes. */
export const orderOf = (product_id, quantity = 1) => ({
  delivery_address: 'Tverskaya 1, Moscow',
  items: [{ product_id, quantity }],
})

/** Tries four times a second until it is so; false when it is not within that many seconds. */
export const until = (seconds, isSo) => {
  const deadline = Date.now() + seconds * 1000
  while (!isSo()) {
    if (Date.now() > deadline) return false
    sleep(0.25)
  }
  return true
}

/** The answer must have this status; counted as a check, and its body printed when it does not. */
export const answers = (what, answer, status) => {
  const right = check(answer, { [`${what}: ${status}`]: ({ status: got }) => got === status })
  if (!right) console.error(`${what} answered ${answer.status}: ${answer.body}`)
  return right
}

/** How many customers a rate needs so that none meets the limit of 600 requests a minute. */
export const customersFor = (requestsPerSecond) => Math.max(2, Math.ceil((requestsPerSecond * 60) / 450))
