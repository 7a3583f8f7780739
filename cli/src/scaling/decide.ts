// How many replicas a service should have for what waits: the decision of dfctl autoscale. Pure; all times are given to it.
//
// The rules are those of Kubernetes' HorizontalPodAutoscaler (tolerance, the highest recommendation of a window before scaling
// down, bounded steps up), with the lag for each replica as the metric and a pause after each change.

/** `lag`: messages for each replica that are as it should be. Times in milliseconds. */
export type Policy = {
  readonly min: number
  readonly max: number
  readonly lag: number
  /** How long less must have been enough before replicas are taken away. */
  readonly down_after_ms: number
  /** How long nothing is changed after a change: new instances need time to show what they do. */
  readonly cooldown_ms: number
}

/** What is seen at one moment; `lag` is null when it cannot be told. */
export type Observation = { readonly at: number; readonly replicas: number; readonly lag: number | null }

/** What earlier observations left: recommendations within the window, oldest first, and when the last change was. */
export type Memory = {
  readonly recommended: readonly { readonly at: number; readonly replicas: number }[]
  readonly changed_at: number | null
}

/** `replicas`: how many there should be from now on. `because`: why, in words. */
export type Decision = { readonly replicas: number; readonly because: string; readonly memory: Memory }

/** How far the lag may be off before it counts, as a share of what is right. */
const tolerance = 0.1
/** In one step the replicas at most double, or grow by this many where that is more. */
const leastStep = 4

export const nothingSeen: Memory = { recommended: [], changed_at: null }

/** Decides. The memory of one decision goes into the next; an unchanged number of replicas is a decision too. */
export const decide = (policy: Policy, { at, replicas, lag }: Observation, memory: Memory): Decision => {
  const { min, max } = policy
  const stay = (because: string, recommended = memory.recommended): Decision => ({
    replicas,
    because,
    memory: { ...memory, recommended },
  })
  const go = (to: number, because: string, recommended = memory.recommended): Decision => ({
    replicas: to,
    because,
    memory: { recommended, changed_at: at },
  })
  if (replicas === 0) return stay('somebody has stopped it: it stays at 0')
  if (replicas < min) return go(min, `the least is ${min}`)
  if (replicas > max) return go(max, `the most is ${max}`)
  if (lag === null) return stay('the lag cannot be told')

  const wanted = recommendation(policy, replicas, lag)
  // What was there when it began counts as a recommendation: a window that was not seen must not be taken for a quiet one.
  const known = memory.recommended.length === 0 ? [{ at, replicas }] : memory.recommended
  const recommended = [...known.filter((one) => one.at > at - policy.down_after_ms), { at, replicas: wanted }]
  const highest = Math.max(...recommended.map((one) => one.replicas))
  const target = wanted > replicas ? wanted : Math.min(replicas, highest)

  if (target === replicas) {
    return wanted < replicas
      ? stay(
          `${wanted} would do now; ${highest} was needed within the last ${policy.down_after_ms / 1000} s`,
          recommended,
        )
      : stay('it is right', recommended)
  }
  if (memory.changed_at !== null && at < memory.changed_at + policy.cooldown_ms)
    return stay(`${target} would be right; it was changed a moment ago`, recommended)
  if (target < replicas)
    return go(target, `${target} have been enough for ${policy.down_after_ms / 1000} s`, recommended)
  const step = Math.min(target, Math.max(replicas * 2, replicas + leastStep))
  return go(step, step < target ? `${target} would be right; a step at a time` : `${lag} messages wait`, recommended)
}

/** How many the lag asks for, within the bounds; as many as there are when it is off by less than the tolerance. */
const recommendation = ({ min, max, lag: right }: Policy, replicas: number, lag: number): number => {
  const ratio = lag / (right * replicas)
  if (Math.abs(ratio - 1) <= tolerance) return replicas
  return Math.min(max, Math.max(min, Math.ceil(lag / right)))
}
