// The waves of a deploy: each brings a part of the installation to what it is to be, whatever was there before.

import { Failure } from '../failure.ts'
import { runChecks } from '../health/check.ts'
import { checksBefore } from '../health/checks.ts'
import { readReleases } from '../health/releases.ts'
import type { Globals } from '../options.ts'
import { openTarget } from '../target.ts'
import { type Progress, say } from '../terminal.ts'
import { applyRelease } from './apply.ts'
import { waitForBacking } from './backing-ready.ts'
import type { Profile } from './charts.ts'
import type { Installer } from './installer.ts'
import { withLease } from './lease.ts'
import type { Change } from './manifest.ts'
import { codeOf, isOurs, prepareNamespace, readNamespace } from './namespace.ts'
import { applyNats } from './nats-chart.ts'
import { countChanges, planPresent } from './plan.ts'
import { argumentsOf, type Present, presentAsNew, readPresent } from './present.ts'
import { keptCustomer, type Proof, proveOrder } from './proof.ts'
import { repairRelease } from './revisions.ts'
import { readiness } from './rollout.ts'
import type { Settings } from './settings.ts'
import { setupOutput } from './setup-output.ts'
import { countWaves } from './waves.ts'

export type DeployOptions = Globals &
  Settings & { dryRun?: boolean; wait: boolean; skipProof?: boolean; natsChart?: string }

/** What a deploy did. `changes`: of each release. */
export type Deployed = {
  profile: Profile
  releases: { name: string; change: string; revision: number }[]
  proof: Proof | null
}

/** Runs all waves, each announced. Throws a Failure that names the wave; a rerun continues. */
export const deploy = async (installer: Installer, options: DeployOptions): Promise<Deployed> => {
  const { cluster, signal } = installer
  const present = await readOrExplain(installer, options)
  const { profile, charts, values } = present
  const prove = options.wait && !options.skipProof
  const waves = countWaves(prove ? 6 : 5, signal)
  const deployed: Deployed = { profile, releases: [], proof: null }
  try {
    await waves.run('pre-check', () => preCheck(installer, present, options))
    await waves.run('namespace', () => namespaceWave(installer))
    await withLease(
      cluster,
      (line) => say(`  ${line}`),
      async () => {
        // Read again: another dfctl may have worked on it until now.
        present.releases = await readReleases(cluster)
        for (const release of present.releases) await repairRelease(installer, release)
        await waves.run('backing', async (step) => {
          const applied = await applyRelease(installer, charts.backing, argumentsOf(present, 'backing'), {
            wait: true,
            observe: ({ workloads }) => step.update(readiness(workloads)),
            tell: (job, line) => say(`    ${job}: ${line}`),
          })
          deployed.releases.push({ name: 'backing', ...applied })
          await applyNats(installer, charts.backing, options.natsChart)
          await waitForBacking(installer, step.update)
          return `${profile}, ${applied.change} (revision ${applied.revision})`
        })
        const setup = setupOutput()
        const running = applyRelease(installer, charts.deliveryflow, argumentsOf(present, 'deliveryflow'), {
          wait: options.wait,
          observe: setup.observe,
          tell: setup.tell,
        })
        setup.until(running)
        await waves.run('streams and migrations', (step) => setup.done(step))
        await waves.run('services', async (step) => {
          setup.follow((rollout) => step.update(readiness(rollout.workloads)))
          const applied = await running
          deployed.releases.push({ name: 'deliveryflow', ...applied })
          const ready = options.wait ? ', all ready' : ', not waited for'
          return `${applied.change} (revision ${applied.revision})${ready}`
        })
        if (prove) await waves.run('proof', (step) => proofWave(installer, options, step, deployed))
      },
    )
    return deployed
  } finally {
    values.remove()
  }
}

/** What a deploy would do: told on stderr but for the changes, which are returned. Changes nothing. */
export const rehearse = async (installer: Installer, options: DeployOptions): Promise<Change[]> => {
  const present = await readOrExplain(installer, options)
  try {
    say(`1 pre-check: ${await preCheck(installer, present, options)}`)
    const found = await readNamespace(installer.cluster)
    say(`2 namespace: ${installer.cluster.namespace} ${found ? 'is there' : 'would be made'}`)
    const changes = await planPresent(installer.helm, present)
    const count = (release: string) => countChanges(changes.filter((change) => change.release === release))
    say(`3 backing: ${present.profile}, ${count('backing')}`)
    say('4 streams and migrations: two Jobs would make what is missing')
    say(`5 services: ${count('deliveryflow')}`)
    if (options.wait && !options.skipProof) say('6 proof: an order would be placed and followed to PAID')
    return changes
  } finally {
    present.values.remove()
  }
}

/** Where something may not even be read, the pre-check names every right that is missing. */
const readOrExplain = async (installer: Installer, options: DeployOptions): Promise<Present> => {
  try {
    return await readPresent(installer, options)
  } catch (error) {
    if (codeOf(error) === 403) await preCheck(installer, presentAsNew(options), options)
    throw error
  }
}

const preCheck = async ({ cluster }: Installer, present: Present, options: DeployOptions): Promise<string> => {
  const { checks } = await runChecks(await checksBefore(cluster, options, present))
  const some = (state: string) => checks.filter((check) => check.state === state)
  for (const { title, reason, next } of some('warning')) say(`  ‼ ${title}: ${reason}${next ? ` (${next})` : ''}`)
  const failed = some('failure')
  if (failed.length === 0) return `${some('ok').length} of ${checks.length} checks are well`
  throw new Failure('refused', 'The cluster is not fit for an installation', {
    why: failed.map(({ title, reason }) => `${title}: ${reason}`).join('\n       '),
    next: failed.find(({ next }) => next !== null)?.next ?? 'See dfctl check --pre.',
  })
}

const namespaceWave = async ({ cluster }: Installer): Promise<string> => {
  const found = await readNamespace(cluster)
  const { namespace } = cluster
  const prepared = await prepareNamespace(cluster, found)
  switch (prepared) {
    case 'made':
      return `${namespace} made; pods in it are held to the standard "restricted"`
    case 'labelled':
      return `${namespace} was there; pods in it are now held to the standard "restricted"`
    case 'unchanged':
      return `${namespace} is there${found && isOurs(found) ? '' : ', not made by dfctl'}`
    case 'unlabelled':
      return `${namespace} is there; you may not label it, so it is not held to the standard "restricted"`
  }
}

const proofWave = async (
  { cluster, signal }: Installer,
  options: DeployOptions,
  step: Progress,
  deployed: Deployed,
): Promise<string> => {
  const target = await openTarget(options)
  try {
    const [gateway, admin, customer] = await Promise.all([target.http(), target.admin(), keptCustomer(cluster)])
    const proof = await proveOrder({ gateway, admin, customer }, { signal, step: step.update })
    deployed.proof = proof
    return `order ${proof.order_id} paid in ${proof.paid_ms} ms`
  } finally {
    await target.close()
  }
}
