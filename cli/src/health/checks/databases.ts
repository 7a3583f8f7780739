// Checks of PostgreSQL: the server answers, and each database lets its service in and has every migration.
import { databases } from '@deliveryflow/contracts'
import migrations from '@deliveryflow/contracts/generated/migrations.json' with { type: 'json' }
import { type Check, type Finding, failure, ok, warning } from '../check.ts'
import { type DatabaseReading, explainDatabase } from '../databases.ts'
import { commandFor, type Readings } from '../readings.ts'
import { repairOf } from './nats.ts'

/** One check for the server and one for each database. */
export const databaseChecks = (readings: Readings): Check[] => [
  {
    id: 'databases.postgres',
    group: 'databases',
    title: 'PostgreSQL',
    needs: ['installation.postgres'],
    run: () => checkServer(readings),
  },
  ...databases.map(
    (name): Check => ({
      id: `databases.${name}`,
      group: 'databases',
      title: name,
      needs: ['databases.postgres'],
      run: () => checkDatabase(readings, name),
    }),
  ),
]

/** A refusal is an answer: one database that lets nobody in is not the server's failure. */
const checkServer = async (readings: Readings): Promise<Finding> => {
  const looked = await Promise.all(
    databases.map((name) =>
      readings.database(name).then(
        ({ version }) => ({ answered: true, version, reason: '' }),
        (error: unknown) => ({ ...explainDatabase(error, name), version: null }),
      ),
    ),
  )
  const version = looked.find((one) => one.version !== null)?.version
  if (version) return ok(`it answers, version ${version}`)
  if (looked.some(({ answered }) => answered)) return ok('it answers')
  const next = readings.target.kind === 'local' ? 'See the file postgres.log of the run.' : 'kubectl logs postgres-0'
  return failure(looked[0]?.reason ?? 'it does not answer', next)
}

const checkDatabase = async (readings: Readings, name: string): Promise<Finding> => {
  let reading: DatabaseReading
  try {
    reading = await readings.database(name)
  } catch (error) {
    const { reason, wrong_password } = explainDatabase(error, name)
    if (!wrong_password) return failure(reason, repairOf(readings))
    const next = `Put the password that PostgreSQL knows into secret postgres-${name}, or give that one to the role: ${commandFor(readings, 'deploy')}`
    return failure(reason, readings.target.kind === 'local' ? repairOf(readings) : next)
  }
  return judgeMigrations(reading, repairOf(readings))
}

/** Compares what was applied with what this dfctl knows. Newer databases are not wrong: an old dfctl is. */
export const judgeMigrations = ({ name, migrations: applied }: DatabaseReading, repair: string): Finding => {
  const wanted = {
    messaging: migrations.messaging,
    service: (migrations.databases as Record<string, string[]>)[name] ?? [],
  }
  const missing = (['messaging', 'service'] as const).flatMap((set) =>
    wanted[set].filter((migration) => !(applied[set] ?? []).includes(migration)),
  )
  const unknown = (['messaging', 'service'] as const).flatMap((set) =>
    (applied[set] ?? []).filter((migration) => !wanted[set].includes(migration)),
  )
  if (missing.length > 0) return failure(`not applied: ${missing.join(', ')}`, repair)
  if (unknown.length > 0)
    return warning(
      `it has ${unknown.join(', ')}, which this dfctl does not know`,
      'Use the dfctl of the installed version.',
    )
  return ok(`${wanted.messaging.length + wanted.service.length} migrations applied`)
}
