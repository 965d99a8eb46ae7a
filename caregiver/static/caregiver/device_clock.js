/** Sends the phone's own time along, so that a wrong clock is noticed. Without this, nothing is missing. */

/** @param {HTMLFormElement} form */
export function stampOnSubmit(form) {
  const field = form.elements.namedItem('device_now');
  if (!(field instanceof HTMLInputElement)) throw new Error('device-clock: device_now is missing');
  form.addEventListener('submit', () => {
    field.value = new Date().toISOString();
  });
}

document.querySelectorAll('[data-module="device-clock"]').forEach(stampOnSubmit);
