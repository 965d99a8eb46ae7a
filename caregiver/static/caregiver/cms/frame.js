/** A frame as high as the page in it: whoever signs for a text sees it to its end, on paper too. */

document.querySelectorAll('iframe[data-guidance-frame]').forEach((frame) => {
  if (!(frame instanceof HTMLIFrameElement)) throw new Error('guidance-frame: this is no frame');
  frame.addEventListener('load', () => fit(frame));
  // It may have come before this script.
  fit(frame);
});

/** @param {HTMLIFrameElement} frame */
function fit(frame) {
  const page = frame.contentDocument?.documentElement;
  if (!page || !page.scrollHeight) return;
  frame.style.blockSize = 'auto';
  frame.style.blockSize = `${page.scrollHeight + 2}px`;
}
