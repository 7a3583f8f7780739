// The page /docs/events: everything that travels between the services, read off the contracts. It needs no script; search.js only narrows it.
//
// Not by @asyncapi/react-component 3.2.1: well kept, but 640 kB of compressed script (515 without its parser) that makes functions of
// text, which our Content-Security-Policy forbids, and 246 packages; @asyncapi/html-template brings a browser to build with. This is 20 kB.
import {
  consumerSettings,
  type MessageContract,
  outboxRetentionDays,
  type RpcContract,
  refusalsOf,
  type ServiceTopology,
  type StreamSettings,
  services,
  streams,
} from '@deliveryflow/contracts'
import { headerSchemas } from '@deliveryflow/contracts/asyncapi-headers'
import { type SchemaWriter, schemaWriter } from '@deliveryflow/contracts/json-schema'
import { answerersOf, callersOf, calls, hearersOf, messages, sayersOf } from '@deliveryflow/contracts/relations'
import { sampleOf } from '@deliveryflow/contracts/samples'
import type { z } from 'zod'
import { type Html, html, siteNavigation } from './html.ts'
import { schemaTable } from './schema-table.ts'

type Kind = { id: string; title: string; about: string; stream?: StreamSettings | undefined; entries: readonly Entry[] }
type Entry = { subject: string; content: Html }

/** The whole page. */
export const eventsPage = (): string => {
  const writer = schemaWriter('draft-07')
  const kinds = kindsOf(writer)
  return html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Messages · DeliveryFlow</title>
    <link rel="stylesheet" href="/docs/site.css">
    <link rel="stylesheet" href="/docs/messages.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
    <script src="/docs/search.js" defer></script>
  </head>
  <body>
    <a class="skip" href="#content">To the messages</a>
    ${siteNavigation('/docs/events')}
    <div class="columns">
      <nav class="subjects" aria-label="Subjects">
        <search hidden>
          <label for="search">Search</label>
          <input id="search" type="search" autocomplete="off" spellcheck="false" aria-describedby="found">
          <p id="found" role="status"></p>
        </search>
        ${kinds.map(contents)}
      </nav>
      <main id="content">
        <h1>Messages</h1>
        <p>What the services say to each other over NATS: events are facts on JetStream, commands and jobs are work for one
          service, calls are questions with one answer. Every message is a <a href="https://cloudevents.io">CloudEvent</a> in NATS
          binary mode: attributes in headers, data as JSON. Data may gain fields: ignore what you do not know.</p>
        <p>For programs: <a href="/asyncapi.json">asyncapi.json</a> (AsyncAPI 3.0). What clients ask over HTTP:
          <a href="/docs">the API</a>.</p>
        ${kinds.map(section)}
        ${deadLetters()}
      </main>
    </div>
  </body>
</html>
`.html
}

const kindsOf = (writer: SchemaWriter): Kind[] => {
  const ofStream = (name: string) => ({
    stream: streams.find((stream) => stream.name === name),
    entries: messages.filter(({ stream }) => stream === name).map((message) => messageEntry(message, writer)),
  })
  return [
    { id: 'events', title: 'Events', about: 'What happened. Whoever it concerns hears it.', ...ofStream('EVENTS') },
    { id: 'commands', title: 'Commands', about: 'What the saga orders one service to do.', ...ofStream('COMMANDS') },
    { id: 'jobs', title: 'Jobs', about: 'Work that any one worker takes.', ...ofStream('JOBS') },
    {
      id: 'calls',
      title: 'Calls',
      about: 'Questions that one service answers: request and reply, kept nowhere.',
      entries: calls.map((call) => callEntry(call, writer)),
    },
  ]
}

const contents = ({ id, title, entries }: Kind): Html => html`<section>
          <h2><a href="#${id}">${title}</a></h2>
          <ul>${entries.map(({ subject }) => html`<li><a href="#${subject}">${shortened(subject)}</a></li>`)}</ul>
        </section>`

/** A subject without the first token, which the heading above it says. */
const shortened = (subject: string) => subject.replace(/^(events|commands|jobs|rpc)\./, '')

const section = ({ id, title, about, stream, entries }: Kind): Html => html`<section aria-labelledby="${id}">
          <h2 id="${id}">${title}</h2>
          <p>${about}${stream && ` Stream ${stream.name}: ${kept(stream)}; who said it keeps it for ${outboxRetentionDays} days.`}</p>
          ${stream ? headersOf('Headers of each', 'MessageHeaders') : callHeaders()}
          ${entries.map(({ content }) => content)}
        </section>`

const kept = ({ max_age_ms, retention, duplicate_window_ms }: StreamSettings) =>
  [
    retention === 'workqueue' ? 'kept until it is done' : `kept ${max_age_ms / 86_400_000} days`,
    `a second copy within ${duplicate_window_ms / 60_000} minutes is dropped`,
  ].join('; ')

const headersOf = (summary: string, name: keyof typeof headerSchemas): Html =>
  html`<details><summary>${summary}</summary>${schemaTable(summary, headerSchemas[name], {})}</details>`

const callHeaders = (): Html =>
  html`${headersOf('Headers of each question', 'CallHeaders')}${headersOf('Headers of each refusal', 'RefusalHeaders')}`

const messageEntry = (message: MessageContract, writer: SchemaWriter): Entry => {
  const { subject, about, type, aggregate, data } = message
  const watching = services.filter(({ watches }) => watches?.includes(message))
  return entry(subject, about, [
    ['says', named(sayersOf(message))],
    ['hear', named(hearersOf(message))],
    ...(watching.length > 0 ? ([['watch live', named(watching)]] as const) : []),
    ['ce-type', html`<code>${type}</code>`],
    [
      'ce-subject',
      html`<code>${aggregate}</code> of the data: messages of one service about the same keep their order`,
    ],
  ])`${fields('Data', data, 'output', writer, 'open')}`
}

const callEntry = (call: RpcContract, writer: SchemaWriter): Entry => {
  const { subject, about, input, output, access, idempotent } = call
  const refusals = refusalsOf(call)
  return entry(subject, about, [
    ['answers', named(answerersOf(call))],
    ['call', callersOf(call).length > 0 ? named(callersOf(call)) : 'operators, by dfctl'],
    [
      'for',
      access === 'public'
        ? 'every service that may send it'
        : html`${access === 'user' ? 'any signed-in user' : `the role ${access}`}: the header <code>df-user</code> says who asks`,
    ],
    ['may be repeated', repeated[`${idempotent}`]],
    ['may refuse with', refusals.length > 0 ? list(refusals) : 'nothing of its own'],
  ])`${fields('Question', input, 'input', writer)}${fields('Answer', output, 'output', writer)}`
}

const repeated = { true: 'yes', false: 'no', with_key: 'with an idempotency_key' } as const

type Fact = readonly [name: string, value: Html | string]

const entry =
  (subject: string, about: string, facts: readonly Fact[]) =>
  (text: TemplateStringsArray, ...values: Html[]): Entry => ({
    subject,
    content: html`<article id="${subject}">
            <h3><a href="#${subject}">${subject}</a></h3>
            <p>${about}</p>
            <dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
            ${html(text, ...values)}
          </article>`,
  })

const named = (list: readonly ServiceTopology[]) => list.map(({ name }) => name).join(', ') || 'nobody'
const list = (codes: readonly string[]): Html =>
  html`${codes.map((code, i) => html`${i > 0 && ', '}<code>${code}</code>`)}`

/** The fields of a schema, and an example of it. */
const fields = (
  title: string,
  schema: z.ZodType,
  io: 'input' | 'output',
  writer: SchemaWriter,
  open?: 'open',
): Html => {
  const written = writer.write(schema, io)
  const example = JSON.stringify(sampleOf(written, writer.components), null, 2)
  return html`<details${open && html` open`}><summary>${title}</summary>${schemaTable(title, written, writer.components)}</details>
            <details><summary>Example${open ? '' : ` of the ${title.toLowerCase()}`}</summary><pre tabindex="0">${example}</pre></details>`
}

const deadLetters = (): Html => {
  const stream = streams.find(({ name }) => name === 'DLQ')
  return html`<section aria-labelledby="dead-letters">
          <h2 id="dead-letters">Dead letters</h2>
          <p>A message that a service could not handle goes to <code>dlq.&lt;service&gt;.&lt;stream&gt;</code>, whole, with the reason in
            headers beside its own.${stream && ` Stream ${stream.name}: ${kept(stream)}.`} A consumer has ${consumerSettings.ack_wait_ms / 1000}
            seconds to say that it works on a message.</p>
          ${headersOf('Headers that are added', 'DeadLetterHeaders')}
        </section>`
}
