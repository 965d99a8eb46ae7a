/** What a watching nurse hears. Nothing sounds before a real click: browsers forbid it. */

const MUTE_MS = 120000;
/**
 * Frequencies in hertz of each pulse, and how often the burst comes again.
 * @type {Record<string, {pulses: number[], every: number}>}
 */
const BURSTS = {
  emergency: { pulses: [988, 784, 988, 784, 988], every: 3000 },
  urgent: { pulses: [784, 784, 784], every: 5000 },
};
const ONCE = { new: [659, 523], lost: [440, 349, 262], test: [523, 659] };
const PULSE = 0.16;
const GAP = 0.09;

export class Sound {
  /** @type {AudioContext | null} */
  #context = null;
  #mutedUntil = 0;
  #lastBurst = 0;
  #onChange;

  /** @param {() => void} onChange called when sound goes on or off by itself */
  constructor(onChange) {
    this.#onChange = onChange;
  }

  get isOn() {
    return this.#context?.state === 'running';
  }

  get mutedFor() {
    return Math.max(0, this.#mutedUntil - performance.now());
  }

  /** Must be called from a click. */
  async start() {
    this.#context ??= new AudioContext();
    this.#context.onstatechange = this.#onChange;
    await this.#context.resume();
    this.once('test');
    this.#onChange();
  }

  mute() {
    this.#mutedUntil = performance.now() + MUTE_MS;
  }

  unmute() {
    this.#mutedUntil = 0;
    this.#lastBurst = 0;
  }

  /** @param {'new' | 'lost' | 'test'} kind */
  once(kind) {
    if (this.isOn && !this.mutedFor) this.#play(ONCE[kind]);
  }

  /**
   * Repeats while somebody waits; called once a second.
   * @param {string | null} level the worst level that waits
   */
  repeat(level) {
    const burst = level === null ? undefined : BURSTS[level];
    if (!burst || !this.isOn || this.mutedFor) return;
    // Half a second early is nearer the mark than half a second late.
    if (this.#lastBurst && performance.now() - this.#lastBurst < burst.every - 500) return;
    this.#lastBurst = performance.now();
    this.#play(burst.pulses);
  }

  /** @param {number[]} pulses */
  #play(pulses) {
    const context = this.#context;
    if (!context) return;
    pulses.forEach((frequency, index) => pulse(context, frequency, context.currentTime + index * (PULSE + GAP)));
  }
}

/**
 * @param {AudioContext} context
 * @param {number} frequency
 * @param {number} at
 */
function pulse(context, frequency, at) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.type = 'triangle';
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0, at);
  gain.gain.linearRampToValueAtTime(0.6, at + 0.02);
  gain.gain.setValueAtTime(0.6, at + PULSE - 0.04);
  gain.gain.linearRampToValueAtTime(0, at + PULSE);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(at);
  oscillator.stop(at + PULSE);
}
