// The page /docs: Swagger UI, which tries every operation. Its script is start.js.
import { html, siteNavigation } from './html.ts'

/** The page. It holds no inline script: its Content-Security-Policy allows none. */
export const tryPage = (): string =>
  html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>DeliveryFlow API</title>
    <link rel="stylesheet" href="/docs/swagger-ui.css">
    <link rel="stylesheet" href="/docs/site.css">
    <link rel="stylesheet" href="/docs/try.css">
    <link rel="icon" type="image/png" href="/docs/favicon-32x32.png">
  </head>
  <body class="try">
    ${siteNavigation('/docs')}
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/accessible.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`.html
