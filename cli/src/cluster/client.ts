// The Kubernetes API as the kubeconfig names it, with errors that say what to do.
import { ApiException, AppsV1Api, CoreV1Api, KubeConfig, VersionApi } from '@kubernetes/client-node'
import { nearest } from '../commands.ts'
import { Failure, reasonOf } from '../failure.ts'
import type { Globals } from '../options.ts'

/** A cluster and the namespace of the installation in it. */
export type Cluster = {
  readonly config: KubeConfig
  readonly context: string
  readonly namespace: string
  readonly core: CoreV1Api
  readonly apps: AppsV1Api
  readonly version: VersionApi
}

/** Reads the kubeconfig. Throws a usage Failure when it cannot be read or has no such context; asks the cluster nothing. */
export const openKubernetes = ({ kubeconfig, context, namespace }: Globals): Cluster => {
  const config = new KubeConfig()
  try {
    if (kubeconfig) config.loadFromFile(kubeconfig)
    else config.loadFromDefault()
  } catch (error) {
    throw new Failure(
      'usage',
      `The kubeconfig ${kubeconfig ?? process.env.KUBECONFIG ?? '~/.kube/config'} cannot be read`,
      {
        why: reasonOf(error),
        next: 'Name another with --kubeconfig, or aim at the run of npm start with --local.',
        cause: error,
      },
    )
  }
  const contexts = config.getContexts().map(({ name }) => name)
  if (context) {
    if (!contexts.includes(context)) {
      const near = nearest(context, contexts)
      throw new Failure('usage', `The kubeconfig has no context ${context}`, {
        why: contexts.length === 0 ? 'it has none at all' : `it has ${contexts.join(', ')}`,
        next: near ? `Did you mean --context ${near}?` : 'Choose one of those with --context.',
      })
    }
    config.setCurrentContext(context)
  }
  if (!config.getCurrentCluster()) {
    throw new Failure('usage', 'There is no cluster to talk to', {
      why: 'no kubeconfig was found, or its current context names no cluster',
      next: 'Set KUBECONFIG or --kubeconfig; or aim at the run of npm start with --local.',
    })
  }
  return {
    config,
    context: config.getCurrentContext(),
    namespace,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    version: config.makeApiClient(VersionApi),
  }
}

/** Runs a call to the Kubernetes API and turns its errors into Failures; null where the thing is not there. */
export const ask = async <T>(what: string, call: Promise<T>): Promise<T | null> => {
  try {
    return await call
  } catch (error) {
    if (error instanceof ApiException) {
      if (error.code === 404) return null
      throw new Failure('refused', `Kubernetes does not let you ${what}`, {
        why: messageOf(error),
        next:
          error.code === 401
            ? 'Sign in to the cluster again.'
            : 'Ask for the role that this verb on this resource takes, or use another --context.',
        cause: error,
      })
    }
    throw new Failure('failed', `The cluster does not answer (${what})`, {
      why: reasonOf((error as Error).cause ?? error),
      next: 'See that it runs and that the kubeconfig has its address: kubectl cluster-info.',
      cause: error,
    })
  }
}

const messageOf = (error: ApiException<unknown>): string => {
  try {
    const body = typeof error.body === 'string' ? JSON.parse(error.body) : error.body
    return body?.message ?? error.message
  } catch {
    return `${error.code} ${String(error.body).slice(0, 200)}`
  }
}
