/**
 * What the server sends a phone and what the phone keeps, for the type checker alone: no page loads this file.
 * Made by clinic/rules/decision_table.py, caregiver/services/packs.py and the receipts of caregiver/views/sync.py.
 */

// --- The decision table ----------------------------------------------------------------------------

type Answers = Record<string, unknown>;
/** One text in each language that came along. */
type Texts = Record<string, string>;

/** Everything a condition may ask about, by name. Null: not measured. */
type Facts = Record<string, number | boolean | string | null>;
/** A side of a comparison: a number, or a fact, less another fact. */
type Term = number | { value: string; less?: string };
type Comparison = [left: Term, operator: '>=' | '<=' | '>' | '<' | '=', right: Term];
/** Null always applies. */
type Condition =
  | null
  | { all: Condition[] }
  | { any: Condition[] }
  | { not: Condition }
  | { at_least: number; of: Condition[] }
  | { flag: string }
  | { missing: string }
  | { is: [name: string, word: string] }
  | { compare: Comparison };

type Case = {
  level: string;
  when: Condition;
};

type Limits = {
  minimum: number;
  maximum: number;
};

type Question = {
  key: string;
  kind: 'ticks' | 'temperature' | 'number' | 'yes_no' | 'choice';
  answer_keys: string[];
  options: (string | number)[];
  highest_accepted: number | null;
  minimum: number | null;
  maximum: number | null;
  step: number;
  unit?: string;
  units: Record<string, Limits>;
  default_unit: string;
  confirm_below: number | null;
  confirm_above: number | null;
  below: string | null;
  domain: string;
  labels: Texts;
  ask_when: Condition;
  phases: string[];
};

type NumberTable = {
  item: string;
  when: Condition;
  missing: Case | null;
  rows: { low: number | null; high: number | null; cases: Case[] }[];
};

type Override = {
  answer: number | null;
  when: Condition;
  level: string | null;
  at_most: string | null;
};

type Scale = {
  item: string;
  columns: Record<string, string[]>;
  overrides: Override[];
};

type Trend = {
  id: string;
  kind: 'rise' | 'steps_up' | 'persisting';
  items: string[];
  amount: number;
  above_usual: boolean;
  within_hours: number | null;
  when: Condition;
  reports: number;
  level: string;
  raised_level: string | null;
  raised_when: Condition;
  raised_domains: string[];
};

type Phase = {
  code: string;
  first_day: number;
  last_day: number | null;
  missed: Record<string, { hours: number; level: string }[]>;
};

type AdviceVariant = {
  when: Condition;
  title: Texts;
  steps: Texts[];
  call: CallKind[];
  note: Texts;
};

/** What a clinic adds for whom, beside the phase. */
type Addition = {
  for: string[];
  when: Condition | null;
  /** From where the days count; missing in tables of an earlier version. */
  counted_from?: 'infusion' | 'home';
  first_day: number;
  last_day: number | null;
  missed: { hours: number; level: string }[];
  timers_of_tier: string;
  /** By phase; missing in tables of an earlier version. */
  staff_calls?: Record<string, { hours: number; level: string }>;
  ask: { item: string; unanswered: string }[];
};

type DecisionTable = {
  levels: string[];
  domains: string[];
  baselines: Record<string, number>;
  questions: Question[];
  columns: { name: string; when: Condition }[];
  rules: { id: string; item: string; cases: Case[] }[];
  tables: NumberTable[];
  scales: Scale[];
  trends: Trend[];
  accumulation: { id: string; domains: number; at: string; level: string }[];
  rejected: Case;
  phases: Phase[];
  /** Left out where the clinic adds nothing. */
  additions?: Addition[];
  input_texts: Record<string, Texts>;
  advice: Record<string, AdviceVariant[]>;
};

// --- What the rules make of it ---------------------------------------------------------------------

/** A decimal number: digits / 10 ** scale. */
type Exact = {
  digits: bigint;
  scale: bigint;
};

/** Something to ask the caregiver about one answer. */
type Problem = {
  key: string;
  code: string;
  params: Record<string, unknown>;
};

/** An answer that may be scored. */
type Value = number | boolean | string[];

/** Values that may be scored, answers refused, answers to confirm (scored meanwhile). */
type Checked = {
  values: Record<string, Value | undefined>;
  problems: Problem[];
  confirmations: Problem[];
  temperature: 'absent' | 'ok' | 'confirm' | 'unit_suspect' | 'reject';
};

type AnswerReader = (question: Question, answers: Answers, checked: Checked) => void;

/** Earlier reports. `streaks` replaces what would be counted from them. */
type PastReports = {
  reports: { hours_ago: number; answers: Answers }[];
  streaks?: Record<string, number> | null;
};

type PastValues = { hours: number; values: Checked['values'] }[];

/** One rule that fired. `domain` is set only where it counts towards accumulation. */
type Reason = {
  rule: string;
  level: string;
  domain: string;
};

/** What advice depends on beside the level. */
type Situation = {
  after_hours: boolean;
  night: boolean;
  opens_soon: boolean;
  day: number;
  minutes_to_centre: number | null;
  no_transport: boolean;
};

/** What the last look before sending shows, and does. */
type Review = {
  list: Checklist;
  draft: Draft;
  asked: (page: ChecklistPage) => SpokenQuestion[];
  change: (key: string) => void;
  send: (seen: 'now' | 'start' | '') => void;
};

type LoadedPack = { state: 'ready' | 'expired'; pack: Pack } | { state: 'none'; pack: null };

/** What the rules know of a patient at a moment. */
type PatientContext = {
  day: number;
  tier: string;
  target?: string;
  product?: string;
  age?: number | null;
  immune_risk?: boolean;
  neutropenia?: boolean;
  platelets_low?: boolean;
  masked?: boolean;
  baseline?: Record<string, number>;
  minutes_to_centre?: number | null;
  no_transport?: boolean;
  /** Reasons of the risk assessment that hold. */
  findings?: string[];
  /** The day of the course on which they last came home from hospital. */
  home_day?: number | null;
};

// --- The pack: what the phone takes along ----------------------------------------------------------

type CallKind = 'emergency' | 'line' | 'clinic';

type CallTarget = {
  kind: CallKind;
  label: string;
  phone: string;
  display: string;
};

/** A number to call: all of it that outlives the pack. */
type Line = Pick<CallTarget, 'phone' | 'display'>;

type SealingKey = {
  kid: string;
  public: string;
};

/** An option as it is shown. */
type Offered = {
  value: string | number;
  text: string;
};

/** A question in the words of this person's language. */
type SpokenQuestion = {
  key: string;
  kind: Question['kind'];
  answer_keys: string[];
  text: string;
  label: string;
  hint: string;
  options: Offered[];
  unit: string;
  units: string[];
  follows: boolean;
};

type ChecklistPage = {
  key: string;
  title: string;
  questions: string[];
};

type Checklist = {
  pages: ChecklistPage[];
  questions: Record<string, SpokenQuestion>;
  table: DecisionTable;
};

type CardFacts = {
  warning: string;
  target: string;
  infused: string;
  /** In words, where somebody knows it. */
  disease?: string;
  /** The infusions before that one. */
  before?: string[];
  born: string;
  minutes: number | null;
  rows: CardRow[];
};

type CardRow = {
  at: string;
  /** When it came, where that was much later; an older pack does not say. */
  came?: string | null;
  told: string;
  signs: string[];
};

type HistoryEntry = {
  id: string;
  at: string;
  answers: Answers;
};

type PackPatient = {
  birth_date: string | null;
  id: string;
  name: string;
  initials: string;
  product: string;
  clinic: string;
  protocol_version: number;
  checklist: string;
  time_zone: string;
  infusion_date: string;
  /** The courses before the current one, in their order; none in a pack from before there were any. */
  before?: { infusion_date: string; product: string; target: string }[];
  masked_until: string | null;
  /** Until then the family cannot come in; missing in packs of an earlier version. */
  no_transport_until?: string | null;
  /** When they last came home from hospital; missing in packs of an earlier version. */
  home_since?: string | null;
  /** The emergency room nearest to them, in words. */
  nearest_emergency?: string;
  context: Omit<PatientContext, 'day' | 'masked'>;
  history: HistoryEntry[];
  card: CardFacts;
  calls: Record<CallKind, CallTarget>;
  staffed: { from: string; to: string; spoken: string }[];
  /** Missing in packs of an earlier version. */
  clinic_zone?: string;
  opens_unknown: string;
};

type Pack = {
  person: string;
  made_at: string;
  expires_at: string;
  language: string;
  unit: string;
  key: SealingKey;
  checklists: Record<string, Checklist>;
  patients: PackPatient[];
};

// --- The check-in on the phone ---------------------------------------------------------------------

type Draft = {
  patient: string;
  reportId: string;
  checklist: string;
  version: number;
  answers: Answers;
  unsure: string[];
  /** Pages that were handed in. */
  done: string[];
  /** Unlikely readings that somebody said are right. */
  confirmed: string[];
  startedAt: string;
  updatedAt: string;
};

/** Answers of a page, and the questions of it that somebody is not sure about. */
type ReadAnswers = {
  answers: Answers;
  unsure: string[];
};

/** A report before it is sealed. */
type CheckInReport = {
  id: string;
  patient: string;
  protocol_version: number;
  observed_at: string;
  time_zone: string;
  language: string;
  answers: Answers;
  level: string;
  rules: string[];
};

/** A tap on "I am worried" before it is sealed. */
type Worry = Pick<CheckInReport, 'id' | 'patient' | 'observed_at' | 'language'>;

/** What a caregiver is told: on the phone, or by the clinic's receipt. */
type Advice = {
  level: string;
  title: string;
  steps: string[];
  call: CallTarget[];
  note: string;
  isStaffed?: boolean;
};

/** How a page of the check-in is shown. */
type Showing = {
  /** Whether it takes the place of the page before it in the browser's history. */
  replace?: boolean;
  /** Whether it asks only what follows from the answers just given. */
  following?: boolean;
  problems?: Problem[];
  confirm?: Problem[];
  /** Whether somebody came back from the last look to change it. */
  changing?: boolean;
};

/** The end of a check-in. */
type CheckInEnd = {
  pack: Pack;
  patient: PackPatient;
  report: CheckInReport;
  advice: Advice;
  checks: string[];
};

// --- The queue and the sending ---------------------------------------------------------------------

type Envelope = {
  kid: string;
  sender: string;
  nonce: string;
  sealed: string;
};

/** Why the clinic did not take it; empty while it may still go out by itself. */
type SendProblem = '' | 'sign_in' | 'no_access' | 'attention';

/** A report, or a worry, on this phone that the clinic has not confirmed. */
type Kept = {
  id: string;
  /** Which door it goes in by. */
  kind: 'reports' | 'worries';
  envelope: Envelope;
  token: string;
  keptAt: string;
  /** Whom to call instead. */
  line: Line;
  /** `KeptAbout`; absent where nobody was signed in any more. */
  about?: LockedBox;
  problem: SendProblem;
  /** Since when the clinic has it; until then it waits. Held for a while, in case the clinic loses it. */
  receivedAt?: string;
  /** When the clinic last said that it still has it. */
  askedAt?: string;
  /** The clinic had it before, and lost it. */
  isAgain?: boolean;
};

/** What this phone may say of what it keeps. A worry has no advice. */
type KeptAbout = {
  person: string;
  patient: string;
  advice?: Advice;
};

/** The clinic's word that it has this report. A worry's tells no advice. */
type Receipt = {
  id: string;
  received_at: string;
  page: string;
  advice: Advice;
  /** What could not be taken as it was meant; a server of an older version names none. */
  problems?: { key: string; code: string; text: string }[];
};

/** What listeners hear about one report. */
type News = {
  id: string;
  state: 'sending' | 'received' | 'waiting';
  problem?: SendProblem;
  receipt?: Receipt | null;
};

/** JSON under the key of this phone. */
type LockedBox = {
  nonce: Uint8Array<ArrayBuffer>;
  locked: ArrayBuffer;
};

type StoreRows = {
  kept: unknown;
  drafts: LockedBox;
  queue: Kept;
};
type StoreName = keyof StoreRows;
