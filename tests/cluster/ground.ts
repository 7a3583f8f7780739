// An installation on the cluster that the tests of faults may break, made and removed for each of them.
import { dfctl as run } from '../../cli/src/testing.ts'
import { courier } from '../client.ts'
import type { Ground } from '../faults/ground.ts'
import { dfctl, kubectl, namespace, portForward, secret, tryDfctl } from './command.ts'
import { admin, behind, settings as usual } from './installation.ts'

/** A service's setting, as local systems are told it, in the words of `dfctl deploy`. */
const flags = (settings: Readonly<Record<string, string>>): string[] =>
  Object.entries(settings).flatMap(([setting, value]) => {
    const [service = '', name] = setting.split('__')
    return ['--set', `services.${service.toLowerCase().replaceAll('_', '-')}.env.${name}=${value}`]
  })

/** Installs it with the profile `light`. `settings`: as `SERVICE__NAME`. */
export const startClusterGround = async (settings: Readonly<Record<string, string>>): Promise<Ground> => {
  await tryDfctl('undeploy', '--purge', '--yes')
  const told = [...usual, ...flags({ DELIVERY__SIMULATOR_STEP_MS: '100', AUDIT__CHECKPOINT_SECONDS: '5', ...settings })]
  await dfctl('deploy', '--profile', 'light', '--wait', '--timeout', '8m', ...told)
  const { system, mongodb, close } = await behind()
  const nats = await portForward('service/nats', 4222)
  const root = await admin()
  await courier(root)
  return {
    system: {
      ...system,
      nats: { servers: [`127.0.0.1:${nats.port}`], user: 'admin', pass: await secret('nats-auth', 'admin') },
    },
    admin: root,
    mongodb: await mongodb(),
    dfctl: (words, environment) => run([...words, '--namespace', namespace], environment),
    killAndStart: async (name) => {
      await kubectl(['delete', 'pod', '--grace-period=0', '--force', '-l', `app.kubernetes.io/name=${name}`])
      await kubectl(['rollout', 'status', `deployment/${name}`, '--timeout=120s'])
    },
    stop: async () => {
      nats.stop()
      await close()
      await dfctl('undeploy', '--purge', '--yes')
    },
  }
}
