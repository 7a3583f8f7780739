// A role and a database for each service, which nobody else may enter; on our own PostgreSQL or an external one alike.
import { Client, escapeIdentifier, escapeLiteral } from 'pg'

/** The name of a service's role and database: `order-history` → `order_history`. */
export function databaseName(service: string): string {
  return service.replaceAll('-', '_')
}

/**
 * Creates what is missing and sets each role's password. Definitions take no parameters, hence the quoting.
 * Throws the server's own error.
 */
export async function provisionDatabases(
  adminUrl: string,
  services: readonly string[],
  passwordOf: (service: string) => string,
): Promise<void> {
  const admin = new Client({ connectionString: adminUrl })
  await admin.connect()
  try {
    const { rows } = await admin.query<{ roles: string[]; databases: string[] }>(
      `select array(select rolname::text from pg_roles) as roles, array(select datname::text from pg_database) as databases`,
    )
    const roles = new Set(rows[0]?.roles)
    const databases = new Set(rows[0]?.databases)
    for (const service of services) {
      const plain = databaseName(service)
      const name = escapeIdentifier(plain)
      const verb = roles.has(plain) ? 'alter' : 'create'
      await admin.query(`${verb} role ${name} with login password ${escapeLiteral(passwordOf(service))}`)
      if (databases.has(plain)) continue
      // An administrator who is no superuser may only give a database to a role that it is a member of.
      await admin.query(`grant ${name} to current_user`).catch(() => {})
      await admin.query(`create database ${name} owner ${name}`)
      await admin.query(`revoke all on database ${name} from public`)
    }
  } finally {
    await admin.end()
  }
}
