// The values that the official NATS chart is given in the profile `operators`: the same users and rights as everywhere else.
import { type NatsPermissions, natsPermissions, settingName } from '../src/index.ts'

/** The chart takes the quotes and the marks off, so that the server reads the variable: `<< $ORDER_PASSWORD >>`. */
const variable = (name: string) => `<< $${name} >>`

const passwordOf = (user: string) => `${settingName(user)}_PASSWORD`

const fromSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'nats-auth', key } } })

// The server takes an empty list of allowed subjects for no restriction, hence the explicit denial.
const subjects = ({ allow }: { allow: string[] }) => (allow.length > 0 ? { allow } : { deny: ['>'] })

const account = (user: string, may?: NatsPermissions) => ({
  user,
  password: variable(passwordOf(user)),
  ...(may && {
    permissions: {
      publish: subjects(may.publish),
      subscribe: subjects(may.subscribe),
      ...(may.allow_responses && { allow_responses: may.allow_responses }),
    },
  }),
})

const replicas = [0, 1, 2]

const labels = { 'app.kubernetes.io/part-of': 'deliveryflow' }

const containerSecurity = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

/** Values for version 2.14 of the chart. Sizes are where they are meant to be overridden: in a values file of one's own after this one. */
export const natsValues = () => {
  const services = Object.entries(natsPermissions())
  const users = ['admin', 'sys', 'route', ...services.map(([name]) => name)]
  return {
    fullnameOverride: 'nats',
    global: { labels },
    config: {
      cluster: {
        enabled: true,
        replicas: replicas.length,
        // The chart's own way puts the password of the routes into a ConfigMap.
        merge: {
          name: 'deliveryflow',
          authorization: { user: 'route', password: variable(passwordOf('route')) },
          routes: replicas.map((replica) => variable(`ROUTE_URL_${replica}`)),
        },
      },
      jetstream: {
        enabled: true,
        fileStore: { pvc: { size: '20Gi', merge: { metadata: { labels } } }, maxSize: '16Gi' },
        memoryStore: { enabled: true, maxSize: '256Mi' },
        merge: { sync_interval: 'always' },
      },
      merge: {
        system_account: 'SYS',
        accounts: {
          SYS: { users: [account('sys')] },
          APP: {
            jetstream: 'enabled',
            users: [account('admin'), ...services.map(([name, may]) => account(name, may))],
          },
        },
      },
    },
    container: {
      image: { tag: '2.15.2-alpine' },
      // The chart sorts them by name. A variable is a whole value of the server's configuration; quoted, as it holds colons.
      env: {
        GOMEMLIMIT: '800MiB',
        ...Object.fromEntries(users.map((user) => [passwordOf(user), fromSecret(user)])),
        ...Object.fromEntries(
          replicas.map((replica) => [
            `ROUTE_URL_${replica}`,
            `"nats-route://route:$(ROUTE_PASSWORD)@nats-${replica}.nats-headless:6222"`,
          ]),
        ),
      },
      merge: {
        resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2', memory: '1Gi' } },
        securityContext: containerSecurity,
      },
    },
    // A user that is added needs its password in the environment, which only a new pod has: so pods are replaced, one by one.
    reloader: { enabled: false },
    promExporter: {
      enabled: true,
      merge: {
        resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { cpu: '200m', memory: '64Mi' } },
        securityContext: containerSecurity,
      },
    },
    podTemplate: {
      configChecksumAnnotation: true,
      topologySpreadConstraints: { 'kubernetes.io/hostname': { maxSkew: 1, whenUnsatisfiable: 'DoNotSchedule' } },
      merge: {
        spec: {
          automountServiceAccountToken: false,
          securityContext: {
            runAsNonRoot: true,
            runAsUser: 1000,
            runAsGroup: 1000,
            fsGroup: 1000,
            fsGroupChangePolicy: 'OnRootMismatch',
            seccompProfile: { type: 'RuntimeDefault' },
          },
        },
      },
    },
    natsBox: { enabled: false },
  }
}
