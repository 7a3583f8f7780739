// What an operator may set of the gateway, beside what every service has.
import { z } from 'zod'

const perMinute = (fallback: number) => z.coerce.number().int().min(1).max(100_000_000).default(fallback)

const originOver = (protocol: RegExp) =>
  z.url({ protocol }).refine((url) => new URL(url).origin === url, 'scheme, host and port alone')

export const settings = z.object({
  HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(8080).describe('port of the HTTP API; 0: any free one'),
  HTTP_HOST: z.string().default('0.0.0.0').describe('address to listen on; 0.0.0.0: all of the machine'),
  HTTP_DRAIN_MS: z.coerce
    .number()
    .int()
    .min(0)
    .max(60_000)
    .default(0)
    .describe('how long it serves on at its end while connections are let go of with their next answer'),
  TRUSTED_PROXIES: z.coerce
    .number()
    .int()
    .min(0)
    .max(10)
    .default(0)
    .describe(
      'proxies in front, each of which adds to X-Forwarded-For; 0: that and X-Forwarded-Proto are not believed',
    ),
  HTTPS_ONLY: z
    .stringbool()
    .default(false)
    .describe(
      'whether everybody comes over https, also where no trusted proxy says so: cookies are Secure, HSTS is sent',
    ),
  WEB_URL: originOver(/^http$/)
    .optional()
    .describe('origin of the web server that has the pages, such as http://web:8080; without it there are none'),
  CORS_ORIGINS: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((item) => item.trim() || []))
    .pipe(z.array(originOver(/^https?$/)))
    .describe('origins, comma-separated, whose pages may call the API; none by default'),
  RATE_LIMIT_PER_MINUTE: perMinute(600).describe('requests of one user, or of one address without a token'),
  RATE_LIMIT_AUTH_PER_MINUTE: perMinute(60).describe('requests of one address to /api/auth and /api/session'),
  EVENT_STREAMS_PER_USER: z.coerce
    .number()
    .int()
    .min(1)
    .max(10_000)
    .default(10)
    .describe('event streams one user may have open at once'),
})

export type GatewaySettings = z.infer<typeof settings>
