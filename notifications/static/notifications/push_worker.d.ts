/** What the server writes above push_worker.js. For the type checker alone: no page loads this file. */
declare const PUSH_HOME: string;
