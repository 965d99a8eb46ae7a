/** What a browser can do for somebody who watches: keep the screen on, speak up from a hidden tab. */

/** Held until the page is hidden; asked for again when it is back. */
export function keepScreenAwake() {
  if (!('wakeLock' in navigator)) return;
  const ask = async () => {
    try {
      await navigator.wakeLock.request('screen');
    } catch {
      // Refused, as on a low battery: the screen goes dark as it does on every other page.
    }
  };
  void ask();
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void ask();
  });
}

/** Optional: the console works the same when this is refused. */
export function mayNotify() {
  if ('Notification' in window && Notification.permission === 'default') void Notification.requestPermission();
}
