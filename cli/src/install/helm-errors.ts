// What Helm and Kubernetes say when something is refused, as Failures that name the cause and the way on.
import { Failure, type FailureKind } from '../failure.ts'

type Meaning = { pattern: RegExp; kind: FailureKind; what: string; next: string }

/** The first that fits holds, so the narrower ones stand first. */
const meanings: readonly Meaning[] = [
  {
    pattern: /values don't meet the specifications of the schema/,
    kind: 'usage',
    what: 'A setting has a wrong name or value',
    next: "Correct it in --set or --values. The chart's values.yaml lists every setting.",
  },
  {
    pattern: /execution error at \(/,
    kind: 'usage',
    what: 'The settings do not go together',
    next: "Correct them in --set or --values. The chart's values.yaml lists every setting.",
  },
  {
    pattern: /failed parsing --set|failed to parse|error converting YAML|error unmarshaling JSON/,
    kind: 'usage',
    what: 'The settings cannot be read',
    next: 'Write --set like services.order.replicas=3, and files of --values in YAML.',
  },
  {
    pattern: /chart requires kubeVersion/,
    kind: 'refused',
    what: 'The version of this cluster does not fit',
    next: 'Upgrade the cluster, or choose another with --context.',
  },
  {
    pattern: /invalid ownership metadata/,
    kind: 'refused',
    what: 'The namespace holds things of another installation',
    next: 'Choose another namespace with --namespace, or remove the other installation first.',
  },
  {
    pattern: /another operation \(install\/upgrade\/rollback\) is in progress/,
    kind: 'refused',
    what: 'Another helm works on this release',
    next: 'Wait until it has ended. When nothing runs any more, dfctl deploy repairs what it left behind.',
  },
  {
    pattern: /no matches for kind|ensure CRDs are installed first/,
    kind: 'refused',
    what: 'The cluster does not know a kind of resource',
    next: 'Install the operator that brings it, or use --profile light. dfctl check --pre names what is missing.',
  },
  {
    pattern: /violates PodSecurity/,
    kind: 'refused',
    what: 'The namespace does not let these pods in',
    next: 'See the labels pod-security.kubernetes.io/… of the namespace.',
  },
  {
    pattern: /exceeded quota/,
    kind: 'refused',
    what: 'The quota of the namespace is used up',
    next: 'Ask for more, or install with smaller requests: --set defaults.resources.requests.cpu=20m.',
  },
  {
    pattern: /is forbidden: User|cannot (get|list|watch|create|update|patch|delete) resource|[Uu]nauthorized/,
    kind: 'refused',
    what: 'Kubernetes does not let you do this',
    next: 'Ask for the role that this verb on this resource takes, or use another --context.',
  },
  {
    pattern: /Kubernetes cluster unreachable|connection refused|no such host|i\/o timeout/,
    kind: 'failed',
    what: 'The cluster does not answer',
    next: 'See that it runs and that the kubeconfig has its address: kubectl cluster-info.',
  },
  {
    pattern: /context deadline exceeded|timed out waiting|client rate limiter Wait returned an error/,
    kind: 'failed',
    what: 'It took longer than --timeout allows',
    next: 'See dfctl check. Run the same command again, with a longer --timeout if need be: it continues.',
  },
  {
    pattern: /hooks failed|BackoffLimitExceeded|DeadlineExceeded/,
    kind: 'failed',
    what: 'A Job did not succeed',
    next: 'Correct what its log names and run the same command again: it continues.',
  },
]

/** The Failure that fits what helm said on stderr. `command`: what was run, for errors nobody knows. */
export const failureOf = (said: string, command: string): Failure => {
  const text = essenceOf(said)
  const known = meanings.find(({ pattern }) => pattern.test(text))
  if (known) return new Failure(known.kind, known.what, { why: text, next: known.next })
  return new Failure('failed', `${command} failed`, {
    why: text === '' ? 'it did not say why' : text,
    next: 'Run it again with --verbose to see the whole command.',
  })
}

/** Without warnings, log lines of hooks and the word that begins every error. */
const essenceOf = (said: string): string => {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !/^(WARNING|W\d{4}|I\d{4})/.test(line))
  const at = lines.findIndex((line) => line.startsWith('Error:'))
  return lines
    .slice(Math.max(0, at))
    .map((line) => line.replace(/^Error: /, ''))
    .join('\n       ')
}
