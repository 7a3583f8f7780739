// An installation's life on a real cluster, from nothing to nothing, driven only by dfctl, kubectl and HTTP.
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { services } from '@deliveryflow/contracts'
import { type Client, call, customer, orderIs, orderOf, signIn, until } from '../client.ts'
import { dfctl, dfctlJson, kubectl, namespace, portForward, secret, tryDfctl } from './command.ts'
import { behind, gateway, healthy, inDatabase, invariantsHold, openShop, settings, startLoad } from './installation.ts'
import { goesShopping } from './journey.ts'
import { pagesAreAway, pagesAreShown } from './pages.ts'

const deployOptions = ['--profile', 'light', '--wait', '--timeout', '8m', ...settings]

type Check = {
  healthy: boolean
  checks: { id: string; title: string; state: string; reason?: string; next?: string }[]
}

describe('an installation on a cluster', () => {
  let thing: string
  let customers: Client[]

  before(async () => {
    await tryDfctl('undeploy', '--purge', '--yes')
  })
  after(async () => {
    await tryDfctl('undeploy', '--purge', '--yes')
  })

  const complaintsOf = async (fault: () => Promise<unknown>, rate = 8) => {
    const load = startLoad(customers, thing, rate)
    try {
      await sleep(1000)
      await fault()
      await sleep(1000)
    } catch (error) {
      await load.stop()
      throw error
    }
    return load.stop()
  }

  it('is made from nothing, up to an order that is paid', async (test) => {
    const { seconds, stderr } = await dfctl('deploy', ...deployOptions)
    assert.match(stderr, /order .* paid in/)
    test.diagnostic(`dfctl deploy to the first PAID order: ${seconds.toFixed(0)} s`)
    const shop = await openShop()
    thing = shop.thing
    customers = shop.customers
  })

  it('changes nothing when it is deployed again', async (test) => {
    const before = await kubectl(['get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}'])
    const { seconds } = await dfctl('deploy', ...deployOptions)
    test.diagnostic(`dfctl deploy again: ${seconds.toFixed(0)} s`)
    assert.equal(await kubectl(['get', 'pods', '-o', 'jsonpath={.items[*].metadata.uid}']), before)
    assert.equal((await tryDfctl('diff', ...settings)).code, 0)
  })

  it('takes an order to COMPLETED through kubectl port-forward, and dfctl explains it', async () => {
    const forwarded = await portForward('service/api-gateway', 80)
    try {
      const url = `http://127.0.0.1:${forwarded.port}`
      const ann = await customer(url, { funds: 1000 })
      const { body } = await ann.post('/api/orders', orderOf(thing), { prefer: 'wait=10' })
      assert.equal(body.status, 'PAID')
      await orderIs(ann, body.order_id, 'COMPLETED')
      const trace = await dfctl('order', 'trace', body.order_id)
      for (const word of ['order_created', 'payment_captured', 'COMPLETED'])
        assert.match(trace.stdout, new RegExp(word))
    } finally {
      forwarded.stop()
    }
  })

  it('shows the pages through kubectl port-forward, says so while they are away, and shows them again', async (test) => {
    const forwarded = await portForward('service/api-gateway', 80)
    try {
      const url = `http://127.0.0.1:${forwarded.port}`
      await pagesAreShown(url)
      await dfctl('scale', 'web=0', '--force')
      await until('the gateway says that the pages are away', () => pagesAreAway(url), 60)
      const { seconds } = await dfctl('scale', 'web=1', '--wait')
      test.diagnostic(`pages back: ${seconds.toFixed(0)} s`)
      await until('the pages are shown again', async () => !(await pagesAreAway(url)), 30)
      await pagesAreShown(url)
    } finally {
      forwarded.stop()
    }
  })

  it('takes somebody new from the registration to the review in a browser, through kubectl port-forward', async (test) => {
    const forwarded = await portForward('service/api-gateway', 80)
    try {
      const started = performance.now()
      await goesShopping(`http://127.0.0.1:${forwarded.port}`, thing)
      test.diagnostic(`the journey in Chromium: ${((performance.now() - started) / 1000).toFixed(0)} s`)
    } finally {
      forwarded.stop()
    }
  })

  it('is healthy, and says so', async () => {
    const { healthy, checks } = await dfctlJson<Check>('check')
    assert.ok(healthy)
    assert.ok(checks.length > 20, `${checks.length} checks`)
    const status = await dfctl('status')
    for (const name of [...services.map(({ name }) => name), 'web'])
      assert.match(status.stdout, new RegExp(`^${name} `, 'm'))
  })

  it('scales its workers 1 → 5 → 2 during a burst, and no letter is lost or doubled', async () => {
    const { accepted, complaints } = await complaintsOf(async () => {
      await dfctl('scale', 'notification-worker=5', '--wait')
      await dfctl('scale', 'notification-worker=2', '--wait')
    }, 15)
    assert.deepEqual(complaints, [])
    await invariantsHold(accepted)
    const { system, close } = await behind()
    try {
      const paid = async () => {
        const answer = await fetch(`${system.mail_page_url}/api/letters?limit=100000`)
        const { letters } = (await answer.json()) as { letters: { subject: string }[] }
        return letters.filter(({ subject }) => subject === 'Your order is paid').length
      }
      await until('each paid order has its letter', async () => (await paid()) >= accepted.length, 60)
    } finally {
      await close()
    }
    await dfctl('scale', 'notification-worker=1', '--wait')
  })

  it('is upgraded and rolled back under load: no request fails, no order is lost, and what was scaled stays so', async (test) => {
    const replicas = async () => {
      const scaled = ['get', 'deployment/catalog', 'deployment/web', '-o', 'jsonpath={.items[*].spec.replicas}']
      return (await kubectl(scaled)).split(' ')
    }
    await dfctl('scale', 'catalog=2', 'web=2', '--wait')
    const { accepted, complaints } = await complaintsOf(async () => {
      const upgrade = await dfctl(
        ...['upgrade', '--set', 'defaults.env.LOG_LEVEL=debug', '--set', 'defaults.podAnnotations.release=next'],
        ...['--timeout', '10m'],
      )
      test.diagnostic(`every service upgraded: ${upgrade.seconds.toFixed(0)} s`)
      assert.deepEqual(await replicas(), ['2', '2'])
      const rollback = await dfctl('rollback', '--timeout', '10m')
      test.diagnostic(`rolled back: ${rollback.seconds.toFixed(0)} s`)
    })
    assert.deepEqual(complaints, [])
    assert.deepEqual(await replicas(), ['2', '2'])
    await dfctl('scale', 'catalog=1', 'web=1')
    await invariantsHold(accepted)
  })

  it('survives pods that are deleted at random, a killed NATS node and a PostgreSQL that restarts', async () => {
    const load = startLoad(customers, thing, 8)
    const names = services.map(({ name }) => name).filter((name) => name !== 'api-gateway')
    for (let n = 0; n < 4; n++) {
      const name = names[Math.floor(Math.random() * names.length)]
      await kubectl(['delete', 'pod', '-l', `app.kubernetes.io/name=${name}`, '--wait=false'])
      await sleep(2000)
    }
    await kubectl(['delete', 'pod', 'nats-1', '--grace-period=1', '--wait=false'])
    await sleep(5000)
    await kubectl(['delete', 'pod', 'postgres-0', '--wait=false'])
    await sleep(10_000)
    const { accepted } = await load.stop()
    assert.ok(accepted.length > 0)
    await healthy()
    await invariantsHold(accepted)
  })

  describe('dfctl check names what is wrong', () => {
    const finds = async (what: RegExp, plant: () => Promise<unknown>, mend: () => Promise<unknown>) => {
      await plant()
      try {
        let failures: Check['checks'] = []
        await until(
          `check names ${what}`,
          async () => {
            const { code, stdout } = await tryDfctl('check', '-o', 'json')
            failures = code === 3 ? (JSON.parse(stdout) as Check).checks.filter(({ state }) => state === 'failure') : []
            return failures.some(({ title, reason = '', next }) => what.test(`${title}: ${reason}`) && Boolean(next))
          },
          90,
        )
      } finally {
        await mend()
      }
      await healthy(180)
    }

    it('an image that does not exist', () =>
      finds(
        /review.*image/is,
        () => kubectl(['set', 'image', 'deployment/review', 'review=deliveryflow/review:no-such-tag']),
        () => kubectl(['rollout', 'undo', 'deployment/review']),
      ))

    it('a wrong password', async () => {
      const uri = await secret('postgres-profile', 'uri')
      const put = (text: string) =>
        kubectl([
          ...['patch', 'secret', 'postgres-profile', '--type=merge', '-p'],
          JSON.stringify({ stringData: { uri: text } }),
        ])
      await finds(
        /profile.*password/is,
        () => put(uri.replace(/:[^:@/]+@/, ':wrong@')),
        () => put(uri),
      )
    })

    it('a missing stream', () =>
      finds(
        /stream.*DLQ/is,
        async () => {
          const forwarded = await portForward('service/nats', 4222)
          const { connect } = await import('@nats-io/transport-node')
          const { jetstreamManager } = await import('@nats-io/jetstream')
          const pass = await secret('nats-auth', 'admin')
          const servers = `127.0.0.1:${forwarded.port}`
          const nats = await connect({ servers, user: 'admin', pass, ignoreClusterUpdates: true })
          await (await jetstreamManager(nats)).streams.delete('DLQ')
          await nats.close()
          forwarded.stop()
        },
        () => dfctl('deploy', ...deployOptions, '--skip-proof'),
      ))

    it('a migration that is not applied', async () => {
      const [newest] = await inDatabase('catalog', 'select name from public.migrations order by name desc limit 1')
      const name = newest?.name ?? ''
      await finds(
        /catalog.*not applied/is,
        () => inDatabase('catalog', `delete from public.migrations where name = '${name}'`),
        () => inDatabase('catalog', `insert into public.migrations (name, run_on) values ('${name}', now())`),
      )
    })

    it('a queue that nobody works off', async () => {
      process.env.DFCTL_LAG_LIMIT = '10'
      try {
        await finds(
          /consumer lag.*JOBS.*notification-worker/is,
          async () => {
            await dfctl('scale', 'notification-worker=0', '--force')
            const { accepted } = await complaintsOf(() => sleep(3000))
            assert.ok(accepted.length > 10)
          },
          () => dfctl('scale', 'notification-worker=1', '--wait'),
        )
      } finally {
        delete process.env.DFCTL_LAG_LIMIT
      }
    })

    it('a service that does not run', () =>
      finds(
        /catalog/i,
        () => kubectl(['scale', 'deployment/catalog', '--replicas=0']),
        () => kubectl(['scale', 'deployment/catalog', '--replicas=1']),
      ))

    it('a lost quorum of NATS', () =>
      finds(
        /quorum|leader|servers/i,
        () => kubectl(['scale', 'statefulset/nats', '--replicas=1']),
        () => kubectl(['scale', 'statefulset/nats', '--replicas=3']),
      ))
  })

  it('is removed without a trace', async () => {
    await dfctl('undeploy', '--purge', '--yes')
    const left = await tryDfctl('status')
    assert.equal(left.code, 4, left.stdout)
    assert.match(await kubectl(['get', 'namespace', '-o', 'name']), new RegExp(`^((?!/${namespace}$).)*$`, 'ms'))
    await assert.rejects(call(gateway, 'GET', '/api/products'))
    await assert.rejects(signIn(gateway, 'nobody@example.com', 'nobody'))
  })
})
