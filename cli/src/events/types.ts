// The types of events that are said, and what somebody who mistypes one meant.
import { type MessageContract, services } from '@deliveryflow/contracts'
import { nearest } from '../commands.ts'
import { Failure } from '../failure.ts'

const said: readonly MessageContract[] = services.flatMap(({ says }) => says)
const subjects = new Map(said.filter(({ stream }) => stream === 'EVENTS').map(({ type, subject }) => [type, subject]))

/** Every type of event, sorted. */
export const eventTypes: readonly string[] = [...subjects.keys()].sort()

/** The type that a word names, with or without `events.` before it. Throws `usage` with the nearest name. */
export const eventType = (word: string): string => {
  const type = word.replace(/^events\./, '')
  if (subjects.has(type)) return type
  const near = nearest(type, eventTypes)
  throw new Failure('usage', `There is no event ${word}`, {
    next: near ? `Did you mean ${near}?` : `One of ${eventTypes.join(', ')}.`,
  })
}

/** Where events of the type that a word names are published. Throws `usage` with the nearest name. */
export const subjectOf = (word: string): string => subjects.get(eventType(word)) ?? word
