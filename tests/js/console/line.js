/** The live line as a desk meets it: each WebSocket that was opened, and what the server does on it. */

import { setGlobal } from '../page.js';

/** @returns {Line[]} every line opened from here on, the newest last */
export function layLines() {
  const lines = [];
  setGlobal('WebSocket', class extends Line {
    constructor(url) {
      super(url);
      lines.push(this);
    }
  });
  return lines;
}

class Line {
  onopen = null;
  onmessage = null;
  onclose = null;
  isClosed = false;

  constructor(url) {
    this.url = url;
  }

  /** The page hangs up. */
  close() {
    this.isClosed = true;
  }

  /** The server takes the call. */
  open() {
    this.onopen?.({});
  }

  /** The server says something. */
  say(frame) {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  /** The line breaks, or the server ends it. */
  drop(code = 1006) {
    this.onclose?.({ code });
  }
}
