// What the bench and its load generator, two processes, tell each other. All times in milliseconds.

/** Whom to load, and with what. */
export type Target = {
  url: string
  nats: { servers: string[]; user: string; pass: string }
  /** Access tokens of customers with money. */
  tokens: string[]
  /** Products with plenty of stock. */
  products: string[]
  /** HTTP connections, kept alive. */
  connections: number
}

/** Orders at a constant rate; then up to `patience` ms for those that have not come as far as `until`. */
export type Step = { rate: number; seconds: number; patience: number; until: 'paid' | 'completed' }

/** Infinity: it never happened. */
export type Quantiles = { p50: number; p95: number; p99: number; max: number }

/** What one step did. Each latency counts from the moment the order was due to be sent, unless it says otherwise. */
export type StepResult = {
  rate: number
  seconds: number
  sent: number
  accepted: number
  paid: number
  /** Paid by the end of the step and the grace. */
  paid_in_time: number
  completed: number
  cancelled: number
  /** What was answered instead of 201, and how often. */
  refused: Record<string, number>
  /** Due to the answer of POST. */
  post: Quantiles
  /** Due to PAID. */
  journey: Quantiles
  /** From the answer of POST to PAID; zero when PAID came first. */
  accept_to_paid: Quantiles
  /** Due to COMPLETED; all Infinity when the step did not wait for that. */
  to_completed: Quantiles
  /** From each event of the way to PAID to the next. */
  stages: Record<string, Quantiles>
  /** From due to really sent: above a few milliseconds the generator itself is short of a processor. */
  lateness: Quantiles
}

export type ToGenerator = { type: 'aim'; target: Target } | { type: 'step'; step: Step }
export type FromGenerator =
  | { type: 'ready' }
  | { type: 'sent' }
  | { type: 'result'; result: StepResult }
  | { type: 'failed'; reason: string }

/** How long after the end of its step an order may be paid and still count as kept up with. */
export const grace = 2000
