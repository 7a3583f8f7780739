// Builds the image of every service, of the pages and of the mail catcher, or of those named, with docker, podman or buildah; can push
// them to a registry, or hand them to a command that loads them into a cluster. What is in an image is the Dockerfile's.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = fileURLToPath(new URL('..', import.meta.url))
const json = (path) => JSON.parse(readFileSync(`${root}/${path}`, 'utf8'))
const services = Object.keys(json('packages/contracts/generated/nats-permissions.json').services)
const all = [...services, 'web', 'mail']
/** Built when they are named: most installations do without. */
const onRequest = ['dfctl']
const known = [...all, ...onRequest]
const builders = ['docker', 'podman', 'buildah']

const usage = `Usage: node scripts/build-images.mjs [NAME...] [options]
Builds <registry>/<repository>/<name>:<tag> for the services named (and \`web\`, the pages; \`mail\`, the
mail catcher), else for all ${all.length}.
\`dfctl\` is built only when it is named: for autoscaler.enabled of charts/deliveryflow.
  --builder NAME     ${builders.join(', ')} (default: the first that is there)
  --tag TAG          default: the version in package.json
  --registry HOST    as in registry.example:5000; none by default
  --repository NAME  default: deliveryflow
  --push             pushes each image to its registry
  --archive FILE     writes all of them to one tar archive, shared layers once: for clusters without a registry
  --load COMMAND     runs COMMAND with the names of the images behind it`

class Mistake extends Error {}

const read = () => {
  let parsed
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        builder: { type: 'string' },
        tag: { type: 'string', default: json('package.json').version },
        registry: { type: 'string', default: '' },
        repository: { type: 'string', default: 'deliveryflow' },
        push: { type: 'boolean', default: false },
        archive: { type: 'string' },
        load: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (error) {
    throw new Mistake(`${error.message}\n${usage}`)
  }
  const { values, positionals } = parsed
  const unknown = positionals.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new Mistake(`There is no image "${unknown}". The images: ${known.join(', ')}.`)
  }
  if (!/^[\w][\w.-]{0,127}$/.test(values.tag)) throw new Mistake(`--tag "${values.tag}" is no tag of an image.`)
  if (values.push && values.registry === '') throw new Mistake('--push needs --registry: where to.')
  const named = values.builder === undefined ? builders : [values.builder]
  const builder = named.find((name) => builders.includes(name) && works(name))
  if (builder === undefined) {
    throw new Mistake(`None of these can be run here: ${named.join(', ')}. Install one of ${builders.join(', ')}.`)
  }
  return { ...values, builder, names: positionals.length > 0 ? [...new Set(positionals)] : all }
}

/** Docker's command may be there without its daemon; only `info` tells. */
const works = (builder) => spawnSync(builder, ['info'], { stdio: 'ignore' }).status === 0

/** Runs a command quietly; when it fails, the error holds the end of what it said. */
const run = (command, args, options = {}) =>
  new Promise((done, fail) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text) => {
        said = (said + text).slice(-4000)
      })
    }
    child.on('error', fail)
    child.on('close', (code) =>
      code === 0 ? done() : fail(new Error(`${command} ${args[0]} failed (${code}):\n${said.trimEnd()}`)),
    )
  })

const build = async ({ builder, tag, push }, name, image) => {
  const facts = { VERSION: tag, REVISION: revision(), ...(services.includes(name) ? { SERVICE: name } : {}) }
  const target = services.includes(name) ? [] : ['--target', name]
  // docker and podman cache layers by themselves.
  const cached = builder === 'buildah' ? ['--layers'] : []
  const given = Object.entries(facts).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`])
  // Without a network bridge of its own, a build leaves nothing behind on the machine.
  const env = builder === 'buildah' ? { BUILDAH_ISOLATION: 'chroot', ...process.env } : process.env
  await run(builder, ['build', ...cached, ...target, ...given, '--tag', image, '.'], { env })
  if (push) await run(builder, ['push', image])
}

/** One archive of all images. buildah knows none for several, but a folder of the OCI's layout that several share. */
const archiveOf = async (builder, images, file) => {
  if (builder === 'docker') return run('docker', ['save', '--output', file, ...images])
  if (builder === 'podman') return run('podman', ['save', '--multi-image-archive', '--output', file, ...images])
  const folder = mkdtempSync(join(tmpdir(), 'deliveryflow-images-'))
  try {
    // A name without a registry is one of docker.io to a cluster.
    const full = (image) => (/^[^/]*[.:][^/]*\//.test(image) ? image : `docker.io/${image}`)
    for (const image of images) await run('buildah', ['push', '--quiet', image, `oci:${folder}:${full(image)}`])
    await run('tar', ['-C', folder, '-cf', file, '.'])
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const revision = () => {
  const { status, stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: root, encoding: 'utf8' })
  return status === 0 ? stdout.trim() : 'unknown'
}

const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`

const main = async () => {
  if (process.argv.includes('--help') || process.argv.includes('-h')) return console.log(usage)
  const options = read()
  const { builder, names, registry, repository, tag, archive, load } = options
  const images = new Map(
    names.map((name) => [name, [registry, repository, `${name}:${tag}`].filter((part) => part !== '').join('/')]),
  )
  const started = performance.now()
  console.error(`Building ${names.length} images with ${builder} …`)
  let done = 0
  const work = async (queue) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const [name, image] = next
      const since = performance.now()
      await build(options, name, image)
      console.error(
        `${++done}/${images.size} ${image} ${options.push ? 'built and pushed' : 'built'} in ${seconds(since)}`,
      )
    }
  }
  // The first alone: it makes the layers that the others find in the cache.
  const [first, ...others] = images
  await work([first])
  await Promise.all([work(others), work(others)])
  if (archive !== undefined) {
    const since = performance.now()
    console.error(`Writing ${images.size} images to ${archive} …`)
    await archiveOf(builder, [...images.values()], resolve(archive))
    console.error(`Written in ${seconds(since)}`)
  }
  if (load !== undefined) {
    const since = performance.now()
    console.error(`Loading ${images.size} images: ${load} …`)
    await run('sh', ['-c', `${load} "$@"`, 'load', ...images.values()], { stdio: ['ignore', 'inherit', 'inherit'] })
    console.error(`Loaded in ${seconds(since)}`)
  }
  console.error(`Done in ${seconds(started)}`)
  console.log([...images.values()].join('\n'))
}

try {
  await main()
} catch (error) {
  console.error(error.message)
  process.exitCode = error instanceof Mistake ? 2 : 1
}
