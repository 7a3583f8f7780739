// notification-worker on one screen: writes and sends one letter for each job; any number of workers share the queue.
import { topology } from '@deliveryflow/contracts'
import { defineService } from '@deliveryflow/kit'
import { z } from 'zod'
import { send } from './handlers.ts'
import { openMailer } from './mail.ts'
import { openTemplates } from './render.ts'

export default defineService(topology['notification-worker'], {
  settings: z.object({
    MAIL_FROM: z
      .string()
      .regex(/^([^<>@]+ <[^<>@\s]+@[^<>@\s]+>|[^<>@\s]+@[^<>@\s]+)$/, 'an address, or a name and <an address>')
      .default('DeliveryFlow <no-reply@deliveryflow.example>')
      .describe('sender of the letters'),
    PUBLIC_URL: z.url().default('http://localhost:8080').describe("where the shop's pages are; links lead there"),
  }),
  // The mail server is not part of being ready: while it is down letters wait in their stream.
  open: async ({ settings }) => {
    const mailer = openMailer(settings.SMTP_URL, settings.MAIL_FROM, settings.CONSUMER_CONCURRENCY)
    return { resources: { mailer, render: openTemplates(settings.PUBLIC_URL) }, close: mailer.close }
  },
  linger_ms: 400,
  hears: { notify_user: send },
  answers: {},
})
