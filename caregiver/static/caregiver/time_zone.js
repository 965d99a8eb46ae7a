/** At joining: the clock that this phone shows is chosen ahead. Without a script the list is there to choose from. */

const select = /** @type {HTMLSelectElement | null} */ (document.querySelector('[data-module="time-zone"]'));
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

// Nobody's wall clock: what a browser says that hides where it is.
const hides = !zone || /^(Etc\/|UTC$|GMT$)/.test(zone);

if (select && !hides) {
  const isListed = [...select.options].some((option) => option.value === zone);
  if (!isListed) select.add(new Option(placeOf(zone), zone), 0);
  select.value = zone;
}

/**
 * The town in a zone's name.
 * @param {string} name
 */
function placeOf(name) {
  return name.slice(name.lastIndexOf('/') + 1).replaceAll('_', ' ');
}
