// Narrows the page of messages to those that hold every word of the search: in the subject, the description, a service or a field.
const box = document.querySelector('search')
const input = document.querySelector('#search')
const found = document.querySelector('#found')
const articles = [...document.querySelectorAll('article')].map((article) => ({
  article,
  link: document.querySelector(`nav.subjects a[href="#${CSS.escape(article.id)}"]`).parentElement,
  words: article.textContent.toLowerCase(),
}))
const groups = [...document.querySelectorAll('main > section, nav.subjects > section')]

const narrow = () => {
  const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean)
  let shown = 0
  for (const { article, link, words } of articles) {
    const hit = wanted.every((word) => words.includes(word))
    article.hidden = link.hidden = !hit
    if (hit) shown++
  }
  for (const group of groups)
    group.hidden = wanted.length > 0 && !group.querySelector('article:not([hidden]), li:not([hidden])')
  found.textContent = wanted.length > 0 ? `${shown} of ${articles.length}` : ''
}

box.hidden = false
input.addEventListener('input', narrow)
// A link to a subject that the search hides shows it.
addEventListener('hashchange', () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)))
  if (!target?.hidden) return
  input.value = ''
  narrow()
  target.scrollIntoView()
})
narrow()
