// Starts Swagger UI. Who is signed in to the pages in this browser is signed in here too, by the session cookie: the token stays in
// memory. Without a session the Authorize button takes a token, which is forgotten with the page.

// Where an earlier version of this page kept its token.
localStorage.removeItem('authorized')

let own
let timer

const ui = SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  persistAuthorization: false,
  tryItOutEnabled: true,
  displayRequestDuration: true,
  syntaxHighlight: { theme: 'obsidian' },
  validatorUrl: null,
  plugins: [accessible],
  onComplete: follow,
})

// Signing in or out on a page of another tab counts here too.
addEventListener('storage', ({ key }) => {
  if (key === 'df.session') follow()
})

/** Takes the token of the session, and again a minute before it ends. The pages leave a hint whether there is a session. */
async function follow() {
  clearTimeout(timer)
  if (!isOurs()) return
  if (localStorage.getItem('df.session') !== '1') return use(undefined)
  try {
    const session = await alone(renew)
    use(session?.access_token)
    if (session) timer = setTimeout(follow, Math.max(10, session.expires_in - 60) * 1000)
  } catch {
    timer = setTimeout(follow, 10_000)
  }
}

/** A new token; undefined when there is no session any more. Throws when it cannot be known now. */
async function renew() {
  const answer = await fetch('/api/session/renew', { method: 'POST' })
  if (answer.status === 401) return undefined
  if (!answer.ok) throw new Error(`The session could not be renewed: ${answer.status}`)
  return answer.json()
}

/** The refresh token behind the cookie is good for one use: no other page of this browser may use it at the same moment. */
function alone(work) {
  // Browsers have locks only where the connection is safe, or to this machine.
  return navigator.locks ? navigator.locks.request('df-session', work) : work()
}

/** Whether the token in use is the session's; one that somebody put in by hand stays until they take it out. */
function isOurs() {
  return ui.authSelectors.authorized().getIn(['bearer', 'value']) === own
}

function use(token) {
  if (token !== undefined) ui.preauthorizeApiKey('bearer', token)
  else if (own !== undefined) ui.authActions.logout(['bearer'])
  own = token
}
