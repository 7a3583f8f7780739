// The SQL of a read model that is built anew beside the one that serves; the migrations of the kit tell how it is done.
import { statement } from '../postgres/statement.ts'

export type Shadow = { job: string; state: 'filling' | 'swapped'; position: number; upper: number }

const columns = 'job, state, position, upper'

export const selectShadow = statement<[], Shadow>('shadow_select', `select ${columns} from messaging.shadow`)

/** The one that is filled, if any. Who holds it keeps it from being begun, filled further or swapped until the transaction ends. */
export const holdShadow = statement<[], Shadow>(
  'shadow_hold',
  `select ${columns} from messaging.shadow where state = 'filling' for share`,
)

/** The same for the replay itself: nobody else may hold it meanwhile. */
export const lockShadow = statement<[job: string], Shadow>(
  'shadow_lock',
  `select ${columns} from messaging.shadow where job = $1 and state = 'filling' for update`,
)

export const beginShadow = statement<[job: string, tables: string[]]>(
  'shadow_begin',
  'select messaging.begin_shadow($1, $2)',
)
export const boundShadow = statement<[job: string, upper: number]>(
  'shadow_bound',
  'update messaging.shadow set upper = $2 where job = $1',
)
export const advanceShadow = statement<[job: string, position: number]>(
  'shadow_advance',
  'update messaging.shadow set position = $2 where job = $1',
)
export const missingIndexes = statement<[tables: string[]], { statement: string }>(
  'shadow_indexes',
  'select messaging.shadow_indexes($1) as statement',
)
/** Waits until nobody handles a live message or writes into the tables that serve, and keeps it so until the transaction ends. */
export const lockToSwap = statement<[tables: string[]]>('shadow_lock_to_swap', 'select messaging.lock_to_swap($1)')

export const swapShadow = statement<[job: string, tables: string[]]>(
  'shadow_swap',
  'select messaging.swap_shadow($1, $2)',
)
export const endShadow = statement<[job: string]>('shadow_end', 'select messaging.end_shadow($1)')

/** From here on to the end of the transaction unqualified tables are those of the schema. */
export const enterSchema = statement<[path: string]>('enter_schema', `select set_config('search_path', $1, true)`)

/** Which of these messages the read model beside took in already from those who handle live ones. */
export const heardLive = statement<[consumer: string, ids: string[]], { message_id: string }>(
  'shadow_heard_live',
  'select message_id from messaging.inbox where consumer = $1 and message_id = any($2::uuid[])',
)
