/** Made-up people, checklists and reports, as the server would send them. */

/** A checklist of four questions on two pages, with rules small enough to reckon by hand. */
export function checklist() {
  const question = (key, kind, more = {}) => ({
    key,
    kind,
    answer_keys: [key],
    text: `${key}?`,
    label: key,
    hint: '',
    options: [],
    unit: '',
    units: [],
    follows: false,
    ...more,
  });
  return {
    pages: [
      { key: 'signs', title: 'Signs', questions: ['red_flags'] },
      { key: 'body', title: 'Body', questions: ['temp', 'pain', 'alone'] },
    ],
    questions: {
      red_flags: question('red_flags', 'ticks', { options: [{ value: 'seizure', text: 'A seizure' }, { value: 'chest', text: 'Chest pain' }] }),
      temp: question('temp', 'temperature', { answer_keys: ['temp', 'temp_unit'], units: ['C', 'F'], hint: 'Under the arm' }),
      pain: question('pain', 'choice', { options: [{ value: 0, text: 'None' }, { value: 1, text: 'Some' }, { value: 2, text: 'A lot' }] }),
      alone: question('alone', 'yes_no'),
    },
    table: table(),
  };
}

export function table() {
  const question = (key, kind, more = {}) => ({
    key,
    kind,
    answer_keys: [key],
    options: [],
    highest_accepted: null,
    minimum: null,
    maximum: null,
    step: 1,
    units: {},
    default_unit: '',
    confirm_below: null,
    confirm_above: null,
    below: null,
    domain: '',
    labels: { en: key },
    ask_when: null,
    phases: [],
    ...more,
  });
  const units = { C: { minimum: 30, maximum: 45 }, F: { minimum: 86, maximum: 113 } };
  const advice = (level) => [
    {
      when: { flag: 'after_hours' },
      title: { en: `${level}: call {line_phone}` },
      steps: [{ en: 'The clinic opens {next_staffed}.' }],
      call: ['line'],
      note: { en: 'Closed' },
    },
    { when: null, title: { en: `${level}` }, steps: [{ en: 'Wait.' }], call: ['clinic'], note: { en: '' } },
  ];
  return {
    levels: ['none', 'watch', 'same_day', 'urgent', 'emergency'],
    domains: ['heat'],
    baselines: {},
    questions: [
      question('red_flags', 'ticks', { options: ['seizure', 'chest'] }),
      question('temp', 'temperature', { answer_keys: ['temp', 'temp_unit'], units, default_unit: 'C', domain: 'heat', confirm_above: 42 }),
      question('pain', 'choice', { options: [0, 1, 2] }),
      question('alone', 'yes_no'),
    ],
    columns: [{ name: 'usual', when: null }],
    rules: [{ id: 'flagged', item: 'red_flags', cases: [{ level: 'emergency', when: { compare: [{ value: 'red_flags' }, '>', 0] } }] }],
    tables: [
      {
        item: 'temp',
        when: null,
        missing: null,
        rows: [
          { low: 38, high: null, cases: [{ level: 'urgent', when: null }] },
          { low: null, high: 38, cases: [{ level: 'none', when: null }] },
        ],
      },
    ],
    scales: [],
    trends: [
      {
        id: 'fever_rises',
        kind: 'rise',
        items: ['temp'],
        amount: 1,
        within_hours: 24,
        when: null,
        reports: 0,
        level: 'same_day',
        raised_level: null,
        raised_when: null,
        raised_domains: [],
      },
    ],
    accumulation: [],
    rejected: { level: 'watch', when: null },
    phases: [{ code: 'early', first_day: 0, last_day: null, missed: {} }],
    input_texts: { reject: { en: '{typed} is no temperature.' } },
    advice: Object.fromEntries(['none', 'watch', 'same_day', 'urgent', 'emergency'].map((level) => [level, advice(level)])),
  };
}

export const LINE = { kind: 'line', label: 'CAR-T line', phone: '+13125550100', display: '(312) 555-0100' };

export function patient(more = {}) {
  return {
    id: 'b8f7a1c0-0000-4000-8000-000000000001',
    name: 'Ana Ruiz',
    initials: 'AR',
    product: 'axi-cel',
    clinic: 'Lakeside',
    protocol_version: 7,
    checklist: 'hash',
    time_zone: 'America/Chicago',
    infusion_date: '2026-11-12',
    masked_until: null,
    context: { tier: 'standard', target: 'CD19', product: 'axi-cel', immune_risk: false, neutropenia: false, platelets_low: false, baseline: {} },
    history: [],
    card: { warning: '', target: 'CD19', infused: 'Nov 12', born: '', minutes: null, rows: [] },
    calls: {
      emergency: { kind: 'emergency', label: 'Emergency', phone: '911', display: '911' },
      line: LINE,
      clinic: { kind: 'clinic', label: 'Clinic', phone: '+13125550199', display: '(312) 555-0199' },
    },
    staffed: [{ from: '2026-11-23T14:00:00Z', to: '2026-11-23T23:00:00Z', spoken: 'Monday 8 a.m.' }],
    opens_unknown: 'the clinic opens',
    ...more,
  };
}

export function pack(more = {}) {
  return {
    person: 'person-1',
    made_at: '2026-11-22T07:00:00Z',
    expires_at: '2026-11-29T07:00:00Z',
    language: 'en',
    unit: 'F',
    key: { kid: 'kid', public: '' },
    checklists: { hash: checklist() },
    patients: [patient()],
    ...more,
  };
}

export function kept(id, more = {}) {
  return {
    id,
    kind: 'reports',
    envelope: { kid: 'kid', sender: 's', nonce: 'n', sealed: 'x' },
    token: 'token-1',
    keptAt: '2026-11-22T08:00:00.000Z',
    line: LINE,
    problem: '',
    ...more,
  };
}

/** The clinic's word that it has a report. */
export function receipt(id, more = {}) {
  const advice = { level: 'none', title: 'Go on', steps: [], call: [], note: '' };
  return { id, received_at: '2026-11-22T08:00:01Z', page: `/reports/${id}/`, advice, ...more };
}
