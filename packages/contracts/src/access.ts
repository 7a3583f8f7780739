// Who may ask: of an operation of the gateway and of a call between services alike.
import type { ProblemCode } from './problem.ts'
import type { Role } from './values.ts'

/** `public`: nobody needs to be signed in; `user`: any signed-in user; else the role that is asked for. */
export type Access = 'public' | 'user' | 'courier' | 'admin'

const roles: Record<Exclude<Access, 'public'>, readonly Role[]> = {
  user: ['customer', 'courier', 'admin'],
  courier: ['courier', 'admin'],
  admin: ['admin'],
}

/** Whether a user of this role may ask what has this access. */
export const mayUse = (access: Access, role: Role): boolean => access === 'public' || roles[access].includes(role)

/** The refusals to those who may not. */
export const accessRefusals = (access: Access): ProblemCode[] => {
  if (access === 'public') return []
  return access === 'user' ? ['unauthenticated'] : ['unauthenticated', 'forbidden']
}

/** What whoever may not is told. */
export const notFor = (access: Access, role: Role): string => `This is for the role ${access}; yours is ${role}.`
