/** What caregiver/views/phone/shell.py writes above worker.js. For the type checker alone: no page loads this file. */
declare const SHELL: {
  page: string;
  files: string[];
  answersFor: string[];
  needsSignal: string[];
  guidance: {
    start: string;
    list: string;
    /** Address of a page of guidance, and of its copy for the phone. */
    pages: Record<string, string>;
    pictures: string[];
  };
  version: string;
};
