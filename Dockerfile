# One image for each service: docker build --build-arg SERVICE=order -t deliveryflow/order . (or buildah build). All of them are the
# same files and differ by one variable, so that a node that has one image has the layers of all.

# What the services depend on. Of the workspaces only those that run in the cluster; the lockfile decides each version.
FROM node:24-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/contracts/package.json packages/contracts/
COPY packages/kit/package.json packages/kit/
COPY services/package.json services/
RUN npm ci --omit=dev --workspace packages/contracts --workspace packages/kit --workspace services \
  && npm cache clean --force

# The mail catcher of charts/backing, which only `--target mail` builds. It needs a few packages of the many of its workspace.
FROM dependencies AS mail-dependencies
COPY local/package.json local/
RUN npm ci --omit=dev --omit=optional --workspace local && mkdir /mail \
  && cp -r node_modules/smtp-server node_modules/nodemailer node_modules/punycode.js node_modules/postal-mime /mail

FROM node:24-bookworm-slim AS mail
ARG VERSION=0.0.0-dev
LABEL org.opencontainers.image.vendor="DeliveryFlow" org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.title="mail" org.opencontainers.image.description="DeliveryFlow's mail catcher" \
  org.opencontainers.image.version="$VERSION"
WORKDIR /app
COPY local/package.json local/backend-error.ts local/letters.ts local/mail.ts local/mail-main.ts local/mail-page.ts local/
COPY --from=mail-dependencies /mail node_modules
ENV NODE_ENV=production
USER 1000:1000
# Fails when a package that it imports is not among those copied.
RUN node local/mail-main.ts 2>&1 | grep -q 'MAIL_FOLDER is missing'
ENTRYPOINT ["node", "local/mail-main.ts"]

# dfctl, for the autoscaler of charts/deliveryflow, which only `--target dfctl` builds.
FROM dependencies AS dfctl-dependencies
COPY cli/package.json cli/
RUN npm ci --omit=dev --workspace packages/contracts --workspace packages/kit --workspace cli && npm cache clean --force

FROM node:24-bookworm-slim AS dfctl
ARG VERSION=0.0.0-dev
LABEL org.opencontainers.image.vendor="DeliveryFlow" org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.title="dfctl" org.opencontainers.image.description="DeliveryFlow's control CLI" \
  org.opencontainers.image.version="$VERSION"
WORKDIR /app
COPY --from=dfctl-dependencies /app ./
COPY packages packages
COPY cli cli
ENV NODE_ENV=production NODE_NO_WARNINGS=1
USER 1000:1000
# Fails when a package that the command imports is not among those copied.
RUN node cli/src/main.ts autoscale --help > /dev/null
ENTRYPOINT ["node", "cli/src/main.ts"]

# The pages and what serves them, which only `--target web` builds: of the packages that vite needs none gets into the image.
FROM node:24-bookworm-slim AS web-dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY services/web/package.json services/web/
RUN npm ci --omit=dev --workspace services/web && npm cache clean --force

FROM web-dependencies AS web-build
RUN npm ci --workspace services/web && npm cache clean --force
COPY tsconfig.json ./
COPY services/web services/web
RUN npm run build --workspace services/web

FROM node:24-bookworm-slim AS web
ARG VERSION=0.0.0-dev
LABEL org.opencontainers.image.vendor="DeliveryFlow" org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.title="web" org.opencontainers.image.description="DeliveryFlow's pages" \
  org.opencontainers.image.version="$VERSION"
WORKDIR /app
COPY --from=web-dependencies /app/node_modules node_modules
COPY services/web/package.json services/web/serve.ts services/web/
COPY --from=web-build /app/services/web/dist services/web/dist
ENV NODE_ENV=production
USER 1000:1000
# Fails when it does not serve the pages: a package that is not there, a build that left none.
RUN HTTP_PORT=0 node --input-type=module --eval "\
  const said = new Promise((done) => { process.stdout.write = done }); \
  await import('/app/services/web/serve.ts'); \
  const port = / (\d+)$/m.exec(await said)[1]; \
  process.exit((await fetch('http://127.0.0.1:' + port)).ok ? 0 : 1)"
ENTRYPOINT ["node", "services/web/serve.ts"]

# What the services run. The pages beside them have an image of their own.
FROM node:24-bookworm-slim AS sources
WORKDIR /app
COPY packages packages
COPY services services
RUN rm -r services/web

# The sources run as they are: Node strips the types. The second RUN keeps what it makes of them in a compile cache, which pods only
# read: a third less processor time to start and 20 MB less memory. The cache belongs to the user who made it, hence USER before it.
FROM node:24-bookworm-slim
LABEL org.opencontainers.image.vendor="DeliveryFlow" org.opencontainers.image.licenses="Apache-2.0"
WORKDIR /app
COPY --from=dependencies /app ./
COPY --from=sources /app ./
# DEVELOPMENT=1 lets a running pod's sources be replaced, by skaffold dev.
ARG DEVELOPMENT=
RUN mkdir .cache && chown -R 1000:1000 .cache ${DEVELOPMENT:+packages services}
USER 1000:1000
# A larger nursery than Node's own suits services whose objects live as long as one batch, as far as a small memory limit allows.
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=16 NODE_COMPILE_CACHE=/app/.cache
RUN node --input-type=module --eval "\
  const { registry } = await import('/app/services/registry.ts'); \
  await Promise.all(Object.values(registry).map((load) => load())); \
  await import('/app/services/prepare.ts'); \
  process.exit()" \
  && SERVICE=none node services/main.ts 2>&1 | grep -q 'There is no service "none"'
ENTRYPOINT ["node", "services/main.ts"]

# Below nothing is added but what tells one image from another. The RUN stands before what uses the arguments, because buildah 1.28
# takes an ENV or LABEL out of its cache whatever their values are, and only a RUN never.
ARG VERSION=0.0.0-dev
ARG REVISION=unknown
ARG SERVICE
RUN grep -qE "^  '?${SERVICE:-none}'?: \(\) => import" services/registry.ts \
  || { echo "There is no service \"$SERVICE\": give --build-arg SERVICE=<a name in services/registry.ts>" >&2; exit 1; }
ENV SERVICE="$SERVICE"
LABEL org.opencontainers.image.title="$SERVICE" org.opencontainers.image.description="DeliveryFlow's service $SERVICE" \
  org.opencontainers.image.version="$VERSION" org.opencontainers.image.revision="$REVISION"
