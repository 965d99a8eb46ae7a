/**
 * Says so on the page when a security key could not be read; the library only writes to the log.
 */
const box = document.querySelector('[data-module="key-problem"]')
if (!box) throw new Error('key_problem.js needs an element with data-module="key-problem"')

document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  box.hidden = false
})
