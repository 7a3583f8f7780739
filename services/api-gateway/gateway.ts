// Puts the gateway together, starts it, and stops it: no new connection, open answers ended, requests in hand finished.
import { jwks, type topology } from '@deliveryflow/contracts'
import {
  answerProblems,
  type Background,
  type Context,
  listen,
  observeRequests,
  probes,
  Rejection,
  type Surroundings,
  Unavailable,
} from '@deliveryflow/kit'
import type { Redis } from 'ioredis'
import Koa from 'koa'
import { crossOrigin, securityHeaders } from './browsers.ts'
import { docsRoutes } from './docs.ts'
import type { Gateway } from './handler.ts'
import { heldAnswers } from './held.ts'
import { liveEvents } from './live-events.ts'
import { pages } from './pages.ts'
import { rateLimiter } from './rate-limit.ts'
import { apiRoutes } from './routes.ts'
import type { GatewaySettings } from './settings.ts'
import { tokenVerifier } from './tokens.ts'

type GatewayContext = Context<(typeof topology)['api-gateway'], GatewaySettings, { redis: Redis }>

/** Starts to serve; throws when the port cannot be had. */
export const startGateway = async (context: GatewayContext, { health }: Surroundings): Promise<Background> => {
  const { settings, log, call, watch, redis } = context
  const gateway: Gateway = {
    call,
    log,
    events: liveEvents(watch),
    held: heldAnswers(),
    streams: new Map(),
    streams_per_user: settings.EVENT_STREAMS_PER_USER,
    isHttps: (http) => settings.HTTPS_ONLY || http.secure,
  }
  const limiter = rateLimiter('requests', settings.RATE_LIMIT_PER_MINUTE, redis)
  const authLimiter = rateLimiter('auth', settings.RATE_LIMIT_AUTH_PER_MINUTE, redis)
  const tokens = tokenVerifier(async () => {
    const keys = await call(jwks, {})
    if (keys instanceof Rejection) throw new Unavailable(`The keys of tokens are not to be had: ${keys.detail}`)
    return keys
  })
  const degraded = () => ({ redis: redis.status === 'ready' ? 'ok' : 'away; each gateway limits rates by itself' })

  const api = apiRoutes(gateway, { tokens, limiter, authLimiter })
  const docs = docsRoutes()
  const app = new Koa({
    proxy: settings.TRUSTED_PROXIES > 0,
    maxIpsCount: settings.TRUSTED_PROXIES,
  })
  app.on('error', (error) => log.debug({ err: error }, 'an answer was broken off'))
  app
    .use(probes({ health, degraded }))
    .use(observeRequests)
    .use(securityHeaders({ isHttps: gateway.isHttps, withPages: settings.WEB_URL !== undefined }))
    .use(crossOrigin(settings.CORS_ORIGINS))
    .use(answerProblems(log))
    .use(api.routes())
    .use(docs.routes())
    .use(api.allowedMethods())
    .use(docs.allowedMethods())
  if (settings.WEB_URL !== undefined) app.use(pages({ url: settings.WEB_URL, log }))

  const server = await listen(app, {
    port: settings.HTTP_PORT,
    host: settings.HTTP_HOST,
    drain_ms: settings.HTTP_DRAIN_MS,
  })
  log.info({ port: server.port, host: settings.HTTP_HOST }, 'serving HTTP')
  return {
    stop: async () => {
      const closed = server.close()
      gateway.held.release()
      await closed
      gateway.events.stop()
      limiter.stop()
      authLimiter.stop()
    },
  }
}
