// Who is on the other end: the topology read from the side of a message or a call. It decides nothing.
import { answersOf, type MessageContract, type RpcContract, type ServiceTopology, services } from './index.ts'

/** Every message that any service says, hears or watches, once: in the order of their sayers. */
export const messages: readonly MessageContract[] = [
  ...new Set([
    ...services.flatMap((service) => service.says),
    ...services.flatMap((service) => [...service.hears, ...(service.watches ?? [])]),
  ]),
]

/** Every call that any service answers or makes, once: in the order of who answers. */
export const calls: readonly RpcContract[] = [
  ...new Set([...services.flatMap(answersOf), ...services.flatMap((service) => service.calls)]),
]

/** The services that say a message; in a sound topology exactly one. */
export const sayersOf = (message: MessageContract): ServiceTopology[] =>
  services.filter((service) => service.says.includes(message))

/** The services with a durable consumer for a message. */
export const hearersOf = (message: MessageContract): ServiceTopology[] =>
  services.filter((service) => service.hears.includes(message))

/** The services that answer a call; in a sound topology exactly one. */
export const answerersOf = (call: RpcContract): ServiceTopology[] =>
  services.filter((service) => answersOf(service).includes(call))

/** The services that make a call. */
export const callersOf = (call: RpcContract): ServiceTopology[] =>
  services.filter((service) => service.calls.includes(call))
