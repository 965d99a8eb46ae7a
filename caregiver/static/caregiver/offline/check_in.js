/** The check-in with no signal: the pages, the order and the words of the server's, on the phone alone. */

import { checkAnswers, problemText } from '../triage/answers.js';
import { goesOutAtOnce, isPressing } from '../triage/levels.js';
import { asked } from '../triage/triage.js';
import { begin, loadDraft, saveDraft, takeIn } from './draft.js';
import { field, markWrong, readAnswers } from './fields.js';
import { finish } from './finish.js';
import { adviceFor, assessed, assumedObservation, contextOf, hours } from './person.js';
import { isOld, reviewScreen } from './review.js';
import { ago, call, callsOf, clock, find, part, place, setIcon, show, showIf, word } from './screens.js';

/** @type {Record<string, number | boolean>} */
const NONE = { choice: 0, yes_no: false };

export class CheckIn {
  #pack;
  #patient;
  #list;
  #draft;
  /** @type {DocumentFragment[]} */
  #notes = [];

  /**
   * @param {Pack} pack
   * @param {PackPatient} patient
   */
  constructor(pack, patient) {
    this.#pack = pack;
    this.#patient = patient;
    this.#list = pack.checklists[patient.checklist];
    this.#draft = begin(patient, crypto.randomUUID());
  }

  /**
   * Go on where this phone stands; an emergency that is known already waits for nothing.
   * @param {string} pageKey from the address
   */
  async start(pageKey) {
    const { draft, droppedFrom } = await loadDraft(this.#patient.id);
    const fits = draft?.checklist === this.#patient.checklist && pageKey !== 'start-over';
    if (draft && fits) this.#draft = draft;
    if (droppedFrom) this.#notes = [part('note-dropped', { when: clock(droppedFrom) })];
    else if (draft && fits && draft.done.length) this.#notes = [part('note-draft', { ago: ago(draft.updatedAt) })];
    if (goesOutAtOnce(this.#assess(this.#handedIn()).level)) return this.#send();
    addEventListener('popstate', ({ state }) => (state?.page ? this.#show(state.page) : location.reload()));
    return this.#show(this.#openPage(pageKey), { replace: true });
  }

  /**
   * The page of the address, but none is skipped that this phone has not seen handed in.
   * @param {string} pageKey
   */
  #openPage(pageKey) {
    const keys = this.#list.pages.map((page) => page.key);
    const wanted = pageKey === 'review' ? keys.length : Math.max(0, keys.indexOf(pageKey));
    const open = keys.findIndex((key) => !this.#draft.done.includes(key));
    const first = open < 0 ? keys.length : open;
    return keys[Math.min(wanted, first)] ?? 'review';
  }

  /**
   * @param {string} key
   * @param {Showing} [showing]
   */
  async #show(key, { replace = false, following = false, problems = [], confirm = [], changing = false } = {}) {
    const path = `/check-in/${this.#patient.id}/${key}/`;
    history[replace || history.state?.page === key ? 'replaceState' : 'pushState']({ page: key }, '', path);
    const notes = this.#notes;
    this.#notes = [];
    if (key === 'review') return this.#showReview([...notes, ...this.#pressing()]);
    const page = this.#page(key);
    const questions = this.#questions(page, following);
    const screen = this.#pageScreen(page, questions, following, notes);
    const form = find(screen, 'form', HTMLFormElement);
    // Not on the first page, where there is no number to be unlikely.
    screen.querySelector('[data-place="confirm"]')?.append(...confirm.map((problem) => this.#confirmation(problem)));
    const wrong = problems.map((problem) => this.#markWrong(form, problem));
    if (screen.querySelector('[data-show="skip"]')) showIf(screen, 'skip', wrong.length > 0);
    if (wrong.length) place(screen, 'notes').prepend(summary(wrong));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const action = event.submitter instanceof HTMLButtonElement ? event.submitter.value : 'go';
      return this.#take(page, questions, form, action, { following, changing });
    });
    form.addEventListener('input', () => this.#keep(questions, form));
    find(screen, '[data-action="back"]', HTMLElement).addEventListener('click', () => this.#back(key));
    show(screen);
    if (wrong.length) find(document, '.error-summary', HTMLElement).focus();
  }

  /**
   * @param {ChecklistPage} page
   * @param {SpokenQuestion[]} questions
   * @param {boolean} following
   * @param {DocumentFragment[]} notes
   */
  #pageScreen(page, questions, following, notes) {
    const number = this.#list.pages.indexOf(page) + 1;
    const words = { number, total: this.#list.pages.length, title: following ? word('more') : page.title };
    const screen = part(number === 1 ? 'start' : 'page', words);
    place(screen, 'notes').append(...this.#pressing());
    place(screen, number === 1 ? 'after' : 'notes').append(...notes, ...(number === 1 ? this.#opening() : []));
    const first = questions.findIndex(({ kind }) => kind in NONE);
    const lead = first < 0 ? questions : questions.slice(0, first);
    place(screen, 'lead').append(...lead.map((one) => field(one, this.#draft, this.#pack.unit)));
    if (number === 1) {
      place(screen, 'thumb').prepend(call(this.#patient.calls.emergency));
      return screen;
    }
    place(screen, 'rest').append(...questions.slice(lead.length).map((one) => field(one, this.#draft, this.#pack.unit)));
    showIf(screen, 'quick', !following && this.#endsQuick(page));
    showIf(screen, 'none', first >= 0);
    return screen;
  }

  #opening() {
    const { isStaffed, opens } = hours(this.#patient, new Date());
    return [part('note-offline'), isStaffed ? part('note-open') : part('note-closed', { when: opens })];
  }

  /** @param {DocumentFragment[]} notes */
  #showReview(notes) {
    const screen = reviewScreen({
      list: this.#list,
      draft: this.#draft,
      asked: (page) => this.#questions(page, false),
      change: (key) => this.#show(key, { changing: true }),
      send: (seen) => this.#send(seen),
    });
    place(screen, 'notes').append(...notes);
    find(screen, '[data-action="back"]', HTMLElement).addEventListener('click', () => this.#back('review'));
    show(screen);
  }

  /**
   * @param {ChecklistPage} page
   * @param {boolean} following
   */
  #questions(page, following) {
    const context = contextOf(this.#patient, new Date());
    const keys = asked(this.#list.table, page.questions, this.#draft.answers, context);
    const questions = keys.map((key) => this.#list.questions[key]);
    return following ? questions.filter((question) => question.follows) : questions;
  }

  /**
   * @param {SpokenQuestion[]} questions
   * @param {HTMLFormElement} form
   */
  async #keep(questions, form) {
    takeIn(this.#draft, questions, readAnswers(questions, new FormData(form)));
    await saveDraft(this.#draft);
  }

  /**
   * @param {ChecklistPage} page
   * @param {SpokenQuestion[]} questions
   * @param {HTMLFormElement} form
   * @param {string} action
   * @param {Showing} showing
   * @returns {Promise<void>}
   */
  async #take(page, questions, form, action, { following, changing }) {
    const data = new FormData(form);
    if (action.startsWith('unit:')) data.set(this.#unitKey(), action.slice(5));
    const read = readAnswers(questions, data);
    if (action.startsWith('none')) read.answers = { ...noneOf(questions, read.unsure), ...read.answers };
    takeIn(this.#draft, questions, read);
    const own = (/** @type {Problem} */ problem) => questions.some((question) => question.key === problem.key);
    let refused = checkAnswers(this.#list.table, this.#draft.answers).problems.filter(own);
    if (action === 'skip') {
      takeIn(this.#draft, questions.filter((question) => refused.some(({ key }) => key === question.key)), { answers: {}, unsure: [] });
      refused = [];
    }
    // Nothing more is asked before this is told, not even whether a reading is right.
    if (goesOutAtOnce(this.#assess(this.#draft.answers).level)) return this.#send();
    if (refused.length) return this.#show(page.key, { following, changing, problems: refused });
    const unlikely = checkAnswers(this.#list.table, this.#draft.answers).confirmations.filter(own);
    if (action === 'confirm') this.#draft.confirmed.push(...unlikely.map(token));
    const confirm = unlikely.filter((problem) => !this.#draft.confirmed.includes(token(problem)));
    this.#draft.done = [...new Set([...this.#draft.done, page.key])];
    await saveDraft(this.#draft);
    if (confirm.length) return this.#show(page.key, { following, changing, confirm });
    const isNew = (/** @type {SpokenQuestion} */ question) => !questions.some(({ key }) => key === question.key);
    if (!following && this.#questions(page, false).some(isNew)) return this.#show(page.key, { following: true, changing });
    if (action === 'none_send' && this.#isWhole(this.#list.pages) && !isOld(this.#draft)) return this.#send();
    return this.#show(changing ? 'review' : this.#after(page));
  }

  /**
   * On the last page, where nothing so far led to an alert: one tap less, and no second look.
   * @param {ChecklistPage} page
   */
  #endsQuick(page) {
    const before = this.#list.pages.slice(0, -1);
    const isLast = page === this.#list.pages.at(-1) && this.#isWhole(before);
    return isLast && this.#assess(this.#handedIn()).level === 'none';
  }

  /** @param {ChecklistPage[]} pages */
  #isWhole(pages) {
    return pages.every(({ key }) => this.#draft.done.includes(key));
  }

  /** @param {ChecklistPage} page */
  #after(page) {
    return this.#list.pages[this.#list.pages.indexOf(page) + 1]?.key ?? 'review';
  }

  /** @param {string} key */
  #back(key) {
    const keys = [...this.#list.pages.map((page) => page.key), 'review'];
    const before = keys[keys.indexOf(key) - 1];
    if (before) void this.#show(before);
    else location.assign('/');
  }

  #unitKey() {
    const temperature = Object.values(this.#list.questions).find((question) => question.kind === 'temperature');
    if (!temperature) throw new Error('no temperature is asked');
    return temperature.answer_keys[1];
  }

  /** @param {string} key */
  #page(key) {
    const page = this.#list.pages.find((one) => one.key === key);
    if (!page) throw new Error(`no page ${key}`);
    return page;
  }

  /** Ticks count from the first touch; a number counts once its page was handed in, not half typed. */
  #handedIn() {
    const handedIn = this.#list.pages.filter((page) => this.#draft.done.includes(page.key)).flatMap((page) => page.questions);
    const counts = Object.values(this.#list.questions).filter(({ key, kind }) => kind === 'ticks' || handedIn.includes(key));
    const keys = counts.flatMap((question) => question.answer_keys);
    return Object.fromEntries(Object.entries(this.#draft.answers).filter(([key]) => keys.includes(key)));
  }

  /**
   * @param {Answers} answers
   * @param {Date} [observedAt]
   */
  #assess(answers, observedAt) {
    const now = new Date();
    const seenAt = observedAt ?? assumedObservation(this.#patient, this.#draft, now);
    return assessed(this.#patient, this.#list.table, answers, this.#draft.reportId, now, seenAt);
  }

  /** @param {string} level */
  #advice(level) {
    return adviceFor(this.#patient, this.#list.table, level, this.#pack.language, new Date());
  }

  /** Advice that cannot wait for the end of the form. */
  #pressing() {
    const { level } = this.#assess(this.#handedIn());
    if (!isPressing(level)) return [];
    const advice = this.#advice(level);
    const made = part('advice', advice);
    find(made, 'section', HTMLElement).classList.add(`level-${level}`);
    setIcon(made, level);
    place(made, 'calls').append(callsOf(advice)[0]);
    return [made];
  }

  /** @param {Problem} problem */
  #confirmation(problem) {
    const unit = /^unit_suspect_([cf])$/.exec(problem.code)?.[1].toUpperCase();
    const text = problemText(this.#list.table, problem, this.#pack.language);
    return part(unit ? `confirm-${unit}` : 'confirm', { text });
  }

  /**
   * @param {HTMLFormElement} form
   * @param {Problem} problem
   */
  #markWrong(form, problem) {
    const text = problemText(this.#list.table, problem, this.#pack.language);
    return { text, id: markWrong(form, this.#list.questions[problem.key], text) };
  }

  /** @param {'now' | 'start' | ''} [seen] empty where nobody was asked */
  async #send(seen = '') {
    const now = new Date();
    const said = { now, start: new Date(this.#draft.startedAt), '': assumedObservation(this.#patient, this.#draft, now) };
    const observedAt = said[seen];
    const { level, rules } = this.#assess(this.#draft.answers, observedAt);
    const checks = checkAnswers(this.#list.table, this.#draft.answers).confirmations;
    const report = {
      id: this.#draft.reportId,
      patient: this.#patient.id,
      protocol_version: this.#draft.version,
      observed_at: observedAt.toISOString(),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      language: this.#pack.language,
      answers: this.#draft.answers,
      level,
      rules,
    };
    await finish({
      pack: this.#pack,
      patient: this.#patient,
      report,
      advice: this.#advice(level),
      checks: checks.map((problem) => problemText(this.#list.table, problem, this.#pack.language)),
    });
  }
}

/**
 * @param {SpokenQuestion[]} questions
 * @param {string[]} unsure
 */
function noneOf(questions, unsure) {
  const open = questions.filter((question) => question.kind in NONE && !unsure.includes(question.key));
  return Object.fromEntries(open.map((question) => [question.key, NONE[question.kind]]));
}

/** @param {{text: string, id: string}[]} wrong */
function summary(wrong) {
  const made = part('summary');
  for (const { text, id } of wrong) {
    const link = Object.assign(document.createElement('a'), { href: `#${id}`, textContent: text });
    const line = document.createElement('li');
    line.append(link);
    place(made, 'problems').append(line);
  }
  return made;
}

/**
 * Names one unlikely reading, so that its confirmation does not cover the next one.
 * @param {Problem} problem
 */
function token({ key, code, params }) {
  return `${key}:${code}:${params.typed}`;
}
