/** A worker that counts seconds: a hidden tab slows a page's own timers down to one a minute. */
setInterval(() => postMessage('tick'), 1000);
