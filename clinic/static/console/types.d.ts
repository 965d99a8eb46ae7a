/** What the console's scripts hear and say, for the type checker alone: no page loads this file. */

/** A frame of the live line (clinic/console/consumers.py). */
type Frame = {
  type: string;
  ref: string | null;
  version: number;
  /** Which change of its clinic this is, as `clinic:number`; a heartbeat is none. */
  change?: string | null;
  level: string | null;
  at: string;
};

type LiveState = 'connecting' | 'live' | 'stale' | 'cut-off' | 'signed-out';

/** What one tab tells the others: somebody is at the desk, the desk was locked, it was opened. */
type DeskWord = {
  kind: 'active' | 'locked' | 'open';
  /** Milliseconds since 1970, by the server. */
  at: number;
};

interface HTMLElementEventMap {
  'desk:unlocked': CustomEvent<{ at: string }>;
  'htmx:afterRequest': CustomEvent<{ elt: HTMLElement; xhr?: XMLHttpRequest }>;
  'htmx:afterSwap': CustomEvent<{ target: HTMLElement | null }>;
  'htmx:beforeSwap': CustomEvent<{ target: HTMLElement | null }>;
  'htmx:beforeOnLoad': CustomEvent<{ elt: HTMLElement; xhr: XMLHttpRequest }>;
  'htmx:beforeRequest': CustomEvent<{ elt: HTMLElement }>;
  'htmx:configRequest': CustomEvent<{ elt: HTMLElement; parameters: Record<string, string> }>;
  'htmx:load': CustomEvent<{ elt: HTMLElement }>;
  'htmx:responseError': CustomEvent<{ elt: HTMLElement; xhr?: XMLHttpRequest }>;
  'htmx:sendError': CustomEvent<{ elt: HTMLElement; xhr?: XMLHttpRequest }>;
  'htmx:timeout': CustomEvent<{ elt: HTMLElement; xhr?: XMLHttpRequest }>;
}

interface Window {
  htmx: { trigger(element: Element, name: string): void; process(element: Element): void };
}
