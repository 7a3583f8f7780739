// api-gateway on one screen: the HTTP API over everybody else's calls. It keeps nothing but counts for its rate limits.
import { topology } from '@deliveryflow/contracts'
import { defineService, openRedis } from '@deliveryflow/kit'
import { startGateway } from './gateway.ts'
import { settings } from './settings.ts'

export default defineService(topology['api-gateway'], {
  settings,
  open: async ({ settings: { REDIS_URL }, log }) => {
    const redis = openRedis(REDIS_URL, log)
    return { resources: { redis }, close: async () => redis.disconnect() }
  },
  hears: {},
  answers: {},
  background: startGateway,
})
