// The whole system on one screen: who owns, says, hears, answers and calls what. All else is derived from this table.
import * as audit from './audit.ts'
import * as catalog from './catalog.ts'
import * as delivery from './delivery.ts'
import * as identity from './identity.ts'
import * as inventory from './inventory.ts'
import type { MessageContract } from './message.ts'
import * as monitoring from './monitoring.ts'
import * as notification from './notification.ts'
import * as operations from './operations.ts'
import * as order from './order.ts'
import * as payment from './payment.ts'
import * as profile from './profile.ts'
import * as replay from './replay.ts'
import * as review from './review.ts'
import type { RpcContract } from './rpc.ts'
import * as saga from './saga.ts'

export type Store = 'postgres' | 'mongo' | 'redis' | 'smtp'

/** The place of one service in the system. `watches`: events heard live and without memory, to push to browsers. */
export type ServiceTopology = {
  readonly name: string
  readonly about: string
  readonly owns: readonly Store[]
  readonly database?: string
  readonly hears: readonly MessageContract[]
  readonly says: readonly MessageContract[]
  readonly answers: readonly RpcContract[]
  readonly calls: readonly RpcContract[]
  readonly watches?: readonly MessageContract[]
  /** Reads and empties the stream DLQ. */
  readonly tends_dead_letters?: true
  /** Asks NATS how services, streams and consumers are, and reads any stream. */
  readonly watches_operation?: true
  /** Hears whatever is in the stream EVENTS, of types that this version does not know too, and reads it by place. */
  readonly keeps_history?: true
}

const orderEvents = [
  order.orderCreated,
  inventory.inventoryReserved,
  inventory.inventoryRejected,
  inventory.inventoryReleased,
  payment.paymentCaptured,
  payment.paymentFailed,
  payment.paymentRefunded,
  delivery.deliveryAssigned,
  delivery.deliveryStatusUpdated,
  order.orderPaid,
  order.orderCompleted,
  order.orderCancelled,
] as const

const allEvents = [
  identity.userRegistered,
  identity.passwordResetRequested,
  identity.emailVerificationRequested,
  ...orderEvents,
  saga.stepTimedOut,
  review.reviewCreated,
  operations.operatorActed,
  replay.replayStarted,
  replay.replayEnded,
] as const

/** Services that keep a fold of the history, which can be built anew beside the one that serves. audit has the history itself at hand. */
const projections = ['order-history', 'catalog', 'saga', 'audit'] as const
export type ProjectionName = (typeof projections)[number]

const replayed = new Map<string, readonly RpcContract[]>(
  projections.map((name) => [
    name,
    [replay.tendProjection(name), ...(name === 'audit' ? [] : [replay.replayTo(name)])],
  ]),
)

const atWork = {
  'api-gateway': {
    name: 'api-gateway',
    about: 'The HTTP API: checks input and tokens, asks the services, pushes changes to browsers.',
    owns: ['redis'],
    hears: [],
    says: [],
    answers: [],
    calls: [
      identity.register,
      identity.createUser,
      identity.login,
      identity.refresh,
      identity.logout,
      identity.jwks,
      identity.getAccount,
      identity.verifyEmail,
      identity.resendVerification,
      identity.requestPasswordReset,
      identity.resetPassword,
      profile.getProfile,
      profile.updateProfile,
      catalog.listProducts,
      catalog.getProducts,
      catalog.createProduct,
      catalog.updateProduct,
      catalog.setStock,
      inventory.getStock,
      order.createOrder,
      order.getOrderStatus,
      order.cancelOrder,
      order.listOrders,
      order.getTimeline,
      payment.openAccount,
      payment.getBalance,
      payment.depositFunds,
      payment.listLedger,
      payment.getPayment,
      delivery.getDelivery,
      delivery.moveDelivery,
      review.createReview,
      review.listReviews,
      review.listMyReviews,
      review.listReviewable,
      audit.listAuditEvents,
      audit.verifyHistory,
      replay.planReplay,
      replay.startReplay,
      replay.listReplays,
      replay.endReplay,
      saga.listOverdue,
      saga.getSaga,
      operations.listDeadLetters,
      operations.groupDeadLetters,
      operations.getDeadLetter,
      operations.retryDeadLetters,
      operations.dropDeadLetters,
      operations.compensateOrderAsOperator,
      operations.cancelOrderAsOperator,
      monitoring.listServices,
      monitoring.listStreams,
      monitoring.listStreamMessages,
    ],
    watches: allEvents,
  },
  identity: {
    name: 'identity',
    about: 'Users, passwords, sessions and the tokens that prove them.',
    owns: ['postgres', 'redis'],
    hears: [],
    says: [identity.userRegistered, identity.passwordResetRequested, identity.emailVerificationRequested],
    answers: [
      identity.register,
      identity.createUser,
      identity.login,
      identity.refresh,
      identity.logout,
      identity.verifyToken,
      identity.jwks,
      identity.getAccount,
      identity.verifyEmail,
      identity.resendVerification,
      identity.requestPasswordReset,
      identity.resetPassword,
      identity.issueLetterToken,
    ],
    calls: [],
  },
  profile: {
    name: 'profile',
    about: 'How a user is reached.',
    owns: ['postgres'],
    hears: [identity.userRegistered],
    says: [],
    answers: [profile.getProfile, profile.updateProfile, profile.getContacts],
    calls: [],
  },
  catalog: {
    name: 'catalog',
    about: 'Products, prices and ratings.',
    owns: ['postgres'],
    hears: [review.reviewCreated],
    says: [],
    answers: [catalog.listProducts, catalog.getProducts, catalog.createProduct, catalog.updateProduct],
    calls: [],
  },
  inventory: {
    name: 'inventory',
    about: 'Stock and reservations.',
    owns: ['postgres'],
    hears: [order.orderCreated, inventory.releaseCommand],
    says: [inventory.inventoryReserved, inventory.inventoryRejected, inventory.inventoryReleased],
    answers: [inventory.getStock, catalog.setStock],
    calls: [catalog.getProducts],
  },
  order: {
    name: 'order',
    about: 'Orders and where they stand.',
    owns: ['postgres', 'redis'],
    hears: [
      inventory.inventoryReserved,
      payment.paymentCaptured,
      delivery.deliveryStatusUpdated,
      order.cancelOrderCommand,
    ],
    says: [order.orderCreated, order.orderPaid, order.orderCompleted, order.orderCancelled],
    answers: [order.createOrder, order.getOrderStatus, order.cancelOrder],
    calls: [catalog.getProducts, delivery.cancelDelivery],
  },
  payment: {
    name: 'payment',
    about: 'Wallets and the ledger.',
    owns: ['postgres'],
    hears: [identity.userRegistered, inventory.inventoryReserved, payment.refundCommand],
    says: [payment.paymentCaptured, payment.paymentFailed, payment.paymentRefunded],
    answers: [payment.openAccount, payment.getBalance, payment.depositFunds, payment.listLedger, payment.getPayment],
    calls: [],
  },
  delivery: {
    name: 'delivery',
    about: 'Couriers and parcels.',
    owns: ['postgres'],
    hears: [identity.userRegistered, payment.paymentCaptured, delivery.cancelDeliveryCommand],
    says: [delivery.deliveryAssigned, delivery.deliveryStatusUpdated],
    answers: [delivery.getDelivery, delivery.moveDelivery, delivery.cancelDelivery],
    calls: [],
  },
  saga: {
    name: 'saga',
    about: "Watches every order's journey, and undoes it when a step fails or is late.",
    owns: ['postgres'],
    hears: [...orderEvents, saga.stepTimedOut],
    says: [
      saga.stepTimedOut,
      inventory.releaseCommand,
      payment.refundCommand,
      delivery.cancelDeliveryCommand,
      order.cancelOrderCommand,
    ],
    answers: [saga.getSaga, saga.listOverdue, saga.compensateOrder],
    calls: [],
  },
  review: {
    name: 'review',
    about: 'Reviews of received products.',
    owns: ['mongo'],
    hears: [order.orderCompleted],
    says: [review.reviewCreated],
    answers: [review.createReview, review.listReviews, review.listMyReviews, review.listReviewable],
    calls: [],
  },
  'notification-planner': {
    name: 'notification-planner',
    about: 'Turns events into letters to be written.',
    owns: ['postgres'],
    database: 'notification',
    hears: [
      identity.userRegistered,
      identity.passwordResetRequested,
      identity.emailVerificationRequested,
      order.orderPaid,
      order.orderCancelled,
      delivery.deliveryStatusUpdated,
      review.reviewCreated,
    ],
    says: [notification.notifyUser],
    answers: [],
    calls: [],
  },
  'notification-worker': {
    name: 'notification-worker',
    about: 'Writes and sends letters; any number share the queue.',
    owns: ['postgres', 'smtp'],
    database: 'notification',
    hears: [notification.notifyUser],
    says: [],
    answers: [],
    calls: [profile.getContacts, identity.issueLetterToken],
  },
  'order-history': {
    name: 'order-history',
    about: 'The read model behind the list of orders.',
    owns: ['postgres'],
    hears: orderEvents,
    says: [],
    answers: [order.listOrders, order.getTimeline],
    calls: [],
  },
  audit: {
    name: 'audit',
    about: 'The index over everything that happened.',
    owns: ['postgres'],
    hears: allEvents,
    says: [replay.replayStarted, replay.replayEnded],
    answers: [
      audit.listAuditEvents,
      audit.verifyHistory,
      audit.importHistory,
      audit.closeGaps,
      audit.listSegments,
      audit.checkSegment,
      audit.restoreSegment,
      replay.planReplay,
      replay.startReplay,
      replay.listReplays,
      replay.endReplay,
    ],
    calls: [...[...replayed.values()].flat(), operations.noteAction],
    keeps_history: true,
  },
} as const satisfies Record<string, ServiceTopology>

/** Every service that hears anything can be asked to handle a message of its own once more. */
const retried = Object.values<ServiceTopology>(atWork)
  .filter(({ hears }) => hears.length > 0)
  .map(({ name }) => [name, operations.retryMessage(name)] as const)

export const topology = {
  ...atWork,
  operations: {
    name: 'operations',
    about:
      'What people who run the system see of it, and do to it, each time with a reason: dead letters are retried and dropped, orders ended.',
    owns: ['postgres'],
    hears: [],
    says: [operations.operatorActed],
    answers: [
      operations.noteAction,
      operations.listDeadLetters,
      operations.groupDeadLetters,
      operations.getDeadLetter,
      operations.retryDeadLetters,
      operations.dropDeadLetters,
      operations.compensateOrderAsOperator,
      operations.cancelOrderAsOperator,
      monitoring.listServices,
      monitoring.listStreams,
      monitoring.listStreamMessages,
    ],
    calls: [...retried.map(([, contract]) => contract), order.getOrderStatus, order.cancelOrder, saga.compensateOrder],
    tends_dead_letters: true,
    watches_operation: true,
  },
} as const satisfies Record<string, ServiceTopology>

const retryOf = new Map(retried)

/** Whether the service's state can be built anew from the history. */
export const isProjection = (name: string): name is ProjectionName => replayed.has(name)

/** Every call that a service answers: its own, to handle a message once more, and to build its state anew. */
export const answersOf = ({ name, answers }: ServiceTopology): readonly RpcContract[] => {
  const retry = retryOf.get(name)
  return [...answers, ...(retry ? [retry] : []), ...(replayed.get(name) ?? [])]
}

export type ServiceName = keyof typeof topology

export const services: readonly ServiceTopology[] = Object.values(topology)

const owners = new Map(
  services.flatMap((service) => answersOf(service).map(({ subject }) => [subject, service.name] as const)),
)

/** The name of the service that answers a call; undefined for a call that none does. */
export const ownerOf = ({ subject }: RpcContract): string | undefined => owners.get(subject)

/** The name of the database a service keeps its state in, or null when it has none of PostgreSQL. */
export const databaseOf = (service: ServiceTopology): string | null =>
  service.owns.includes('postgres') ? (service.database ?? service.name) : null

/** Every database of PostgreSQL, once. */
export const databases: readonly string[] = [...new Set(services.flatMap((service) => databaseOf(service) ?? []))]

/** A service's or a database's name as environment variables bear it: `order-history` → `ORDER_HISTORY`. */
export const settingName = (name: string): string => name.toUpperCase().replaceAll('-', '_')

/** Every operation of the HTTP API. */
export const httpOperations = [
  ...identity.identityHttp,
  ...profile.profileHttp,
  ...catalog.catalogHttp,
  ...payment.paymentHttp,
  ...order.orderHttp,
  ...delivery.deliveryHttp,
  ...review.reviewHttp,
  ...saga.sagaHttp,
  ...audit.auditHttp,
  ...replay.replayHttp,
  ...operations.operationsHttp,
  ...monitoring.monitoringHttp,
] as const
