/** The sentence: written on the page or photographed, made small on the phone. Without this, a plain form sends it. */

const LONGEST_SIDE = 1600;
const LARGEST_BYTES = 300_000;
const QUALITIES = [0.85, 0.7, 0.55, 0.4];
const INK = '#1b1b1b';

/** @param {HTMLFormElement} form */
export function attendWriting(form) {
  const file = form.querySelector('input[type="file"]');
  const pad = form.querySelector('canvas');
  if (!file || !pad) throw new Error('writing: the file field or the pad is missing');
  form.querySelector('[data-place="canvas"]').hidden = false;
  const strokes = new Pad(pad);
  form.querySelector('[data-action="clear"]').addEventListener('click', () => strokes.clear());
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    // Whatever cannot be made small here is sent as it is, and made small on the other side.
    await takeIn(file, strokes).catch(() => {});
    await send(form);
  });
}

/**
 * Without a signal the page stays, with what was written on it.
 * @param {HTMLFormElement} form
 */
async function send(form) {
  const offline = form.querySelector('[data-place="offline"]');
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
    this.#draw = canvas.getContext('2d');
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

  #begin(event) {
    this.#canvas.setPointerCapture(event.pointerId);
    this.#draw.beginPath();
    this.#draw.moveTo(event.offsetX, event.offsetY);
  }

  #go(event) {
    if (!this.#canvas.hasPointerCapture(event.pointerId)) return;
    this.#draw.lineTo(event.offsetX, event.offsetY);
    this.#draw.stroke();
    this.isEmpty = false;
  }
}

/** A photo that was chosen goes before what stands on the pad. */
async function takeIn(file, pad) {
  const chosen = file.files[0];
  if (!chosen && pad.isEmpty) return;
  const small = await shrunk(chosen ? await createImageBitmap(chosen) : pad.canvas);
  const only = new DataTransfer();
  only.items.add(new File([small], 'sentence.jpg', { type: 'image/jpeg' }));
  file.files = only.files;
}

/** Drawn anew, so that no place and no device goes along. */
async function shrunk(source) {
  const scale = Math.min(1, LONGEST_SIDE / Math.max(source.width, source.height));
  const canvas = Object.assign(document.createElement('canvas'), {
    width: Math.round(source.width * scale),
    height: Math.round(source.height * scale),
  });
  canvas.getContext('2d').drawImage(source, 0, 0, canvas.width, canvas.height);
  let small = null;
  for (const quality of QUALITIES) {
    small = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', quality));
    if (small.size <= LARGEST_BYTES) break;
  }
  return small;
}

document.querySelectorAll('[data-module="writing"]').forEach(attendWriting);
