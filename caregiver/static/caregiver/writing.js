/** The sentence: written on the page or photographed, made small on the phone. Without this, a plain form sends it. */

const LONGEST_SIDE = 1600;
const LARGEST_BYTES = 300_000;
const QUALITIES = [0.85, 0.7, 0.55];
const LOWEST_QUALITY = 0.4;
const INK = '#1b1b1b';

/** @param {Element} form */
export function attendWriting(form) {
  if (!(form instanceof HTMLFormElement)) throw new Error('writing: this is no form');
  const file = find(form, 'input[type="file"]', HTMLInputElement);
  const pad = find(form, 'canvas', HTMLCanvasElement);
  for (const name of ['canvas', 'or']) find(form, `[data-place="${name}"]`, HTMLElement).hidden = false;
  const strokes = new Pad(pad);
  find(form, '[data-action="clear"]', HTMLElement).addEventListener('click', () => strokes.clear());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await takeIn(file, strokes);
    } catch {
      // Whatever cannot be made small here is sent as it is, and made small on the other side.
    }
    await send(form);
  });
}

/**
 * Without a signal the page stays, with what was written on it.
 * @param {HTMLFormElement} form
 */
async function send(form) {
  const offline = find(form, '[data-place="offline"]', HTMLElement);
  offline.hidden = true;
  try {
    const answer = await fetch(location.href, { method: 'POST', body: new FormData(form), redirect: 'manual' });
    // Taken in, or asked to sign in: both stand on the page that comes next. A refusal the form shows itself.
    if (answer.type === 'opaqueredirect') location.reload();
    else form.submit();
  } catch {
    offline.hidden = false;
  }
}

/** A pad for one finger, a pen or a mouse. The photo field is the way for a keyboard. */
class Pad {
  #canvas;
  #draw;
  isEmpty = true;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    const scale = devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    this.#draw = drawingOn(canvas);
    this.#draw.scale(scale, scale);
    Object.assign(this.#draw, { lineWidth: 2.5, lineCap: 'round', lineJoin: 'round', strokeStyle: INK });
    this.clear();
    canvas.addEventListener('pointerdown', (event) => this.#begin(event));
    canvas.addEventListener('pointermove', (event) => this.#go(event));
  }

  get canvas() {
    return this.#canvas;
  }

  clear() {
    this.#draw.fillStyle = '#fff';
    this.#draw.fillRect(0, 0, this.#canvas.clientWidth, this.#canvas.clientHeight);
    this.isEmpty = true;
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#draw.beginPath();
    this.#draw.moveTo(event.offsetX, event.offsetY);
  }

  /** @param {PointerEvent} event */
  #go(event) {
    if (!this.#canvas.hasPointerCapture(event.pointerId)) return;
    this.#draw.lineTo(event.offsetX, event.offsetY);
    this.#draw.stroke();
    this.isEmpty = false;
  }
}

/**
 * A photo that was chosen goes before what stands on the pad.
 * @param {HTMLInputElement} file
 * @param {Pad} pad
 */
async function takeIn(file, pad) {
  const chosen = file.files?.[0];
  if (!chosen && pad.isEmpty) return;
  const small = await shrunk(chosen ? await createImageBitmap(chosen) : pad.canvas);
  const only = new DataTransfer();
  only.items.add(new File([small], 'sentence.jpg', { type: 'image/jpeg' }));
  file.files = only.files;
}

/**
 * Drawn anew, so that no place and no device goes along.
 * @param {HTMLCanvasElement | ImageBitmap} source
 */
async function shrunk(source) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(source.width, source.height));
  const canvas = Object.assign(document.createElement('canvas'), {
    width: Math.round(source.width * scale),
    height: Math.round(source.height * scale),
  });
  drawingOn(canvas).drawImage(source, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const small = await asJpeg(canvas, quality);
    if (small.size <= LARGEST_BYTES) return small;
  }
  return asJpeg(canvas, LOWEST_QUALITY);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} quality
 * @returns {Promise<Blob>}
 */
function asJpeg(canvas, quality) {
  return new Promise((resolve, reject) => {
    const take = (/** @type {Blob | null} */ blob) => (blob ? resolve(blob) : reject(new Error('writing: no picture')));
    canvas.toBlob(take, 'image/jpeg', quality);
  });
}

/** @param {HTMLCanvasElement} canvas */
function drawingOn(canvas) {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('writing: this browser cannot draw');
  return context;
}

/**
 * What the markup must hold.
 * @template {Element} Kind
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {{new (): Kind}} kind
 */
function find(parent, selector, kind) {
  const found = parent.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`writing: ${selector} is missing`);
  return found;
}

document.querySelectorAll('[data-module="writing"]').forEach(attendWriting);
