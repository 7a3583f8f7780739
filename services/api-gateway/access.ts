// Who may use an operation: the matrix of access and roles, and the token of a request. Tokens are verified by tokens.ts.
import type { Access, Role } from '@deliveryflow/contracts'

const roles: Record<Exclude<Access, 'public'>, readonly Role[]> = {
  user: ['customer', 'courier', 'admin'],
  courier: ['courier', 'admin'],
  admin: ['admin'],
}

/** Whether a user of this role may use an operation of this access. */
export const mayUse = (access: Access, role: Role): boolean => access === 'public' || roles[access].includes(role)

/** The token of an Authorization header, or undefined when it holds none (RFC 6750, 2.1; the scheme in any case). */
export const bearerToken = (authorization: string): string | undefined =>
  /^bearer +([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
