// What Swagger UI 5 lacks for WCAG 2.2 AA, as a plugin of it: names of fields and regions, no link within a button, headings without a gap.
// Its colours are put right by try.css. tests/browser/docs.test.ts looks at the page.
globalThis.accessible = ({ React: { createElement, Fragment } }) => ({
  components: {
    // The path of an operation stands within the button that opens it: a link in there cannot be told from it.
    DeepLink: ({ text }) => createElement('span', null, text),
    // There is one server, this one: nothing to choose.
    ServersContainer: () => null,
  },
  wrapComponents: {
    TextArea: (Original) => (props) => createElement(Original, { 'aria-label': 'Request body', ...props }),
    InfoContainer: section('About this API'),
    AuthorizeBtnContainer: section('Authorization'),
    operations: (Original) => (props) =>
      createElement(Fragment, null, createElement('h2', null, 'Operations'), createElement(Original, props)),
  },
})

const section = (label) => (Original, system) => (props) =>
  system.React.createElement('section', { 'aria-label': label }, system.React.createElement(Original, props))

// Its tables of responses are regions that no component of its own names, and its examples scroll without the keyboard reaching them.
new MutationObserver(() => {
  for (const table of document.querySelectorAll('table.responses-table:not([aria-label])')) {
    const operation = table.closest('.opblock')?.id.split('-').at(-1)
    table.setAttribute(
      'aria-label',
      `${table.matches('.live-responses-table') ? 'The answer to' : 'Responses of'} ${operation}`,
    )
  }
  for (const example of document.querySelectorAll('pre.microlight:not([tabindex])')) example.tabIndex = 0
}).observe(document.documentElement, { childList: true, subtree: true })
