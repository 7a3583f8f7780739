// The mail catcher as a process of its own, for its container image. MAIL_FOLDER is where the letters are kept.
import { startMail } from './mail.ts'

const folder = process.env.MAIL_FOLDER
if (!folder) {
  console.error('MAIL_FOLDER is missing: set it to a folder for the letters that this process may write to.')
  process.exit(1)
}

const mail = await startMail({
  dir: folder,
  ports: { smtp: 1025, mail_page: 8025 },
  host: '0.0.0.0',
  environment: {}, // it never hands over to another server
  report: console.log,
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void mail.close().then(() => process.exit(0)))
}
