/** The templates of offline.html that the modules under test ask for, without their words. */

const OPTION = '<div class="choice"><input><label><bdi>{text}</bdi></label></div>';
const CHOICES =
  '<fieldset class="field"><legend>{text}</legend><p class="hint">{hint}</p><ul class="errorlist" hidden></ul><div data-place="options"></div></fieldset>';
const STATE = (words, more = '') => `<p class="send-state">${words}<time>{when}</time>${more}</p>`;
const TEMPLATES = {
  choices: CHOICES,
  ticks: CHOICES,
  typed: '<div class="field"><label>{text} {unit}</label><p class="hint">{hint}</p><ul class="errorlist" hidden></ul><input type="text"></div>',
  option: OPTION,
  words: ['unsure', 'yes', 'no', 'unit', 'none', 'unanswered', 'reports', 'worries', 'day'].map((word) => `<span data-word="${word}">[${word}]</span>`).join(''),
  levels: ['none', 'urgent', 'emergency'].map((level) => `<span data-word="${level}">[${level}]</span>`).join(''),
  about: '<div><h2>{name}</h2><p>{what}</p></div>',
  unsent: '<section class="result"><svg><use href="/icons.svg#none"></use></svg><h2>{title}</h2><p>{name}</p><div data-place="calls"></div></section>',
  call: '<a class="call"><svg><use href="/icons.svg#none"></use></svg><strong>{label}</strong><bdi>{display}</bdi></a>',
  'call-emergency': '<a class="call"><strong>Call {display}</strong><span data-show="condition"> in an emergency</span></a>',
  'state-waiting': STATE('waiting'),
  'state-sending': STATE('sending'),
  'state-received': STATE('received', '<a data-link="page">page</a>'),
  'state-attention': STATE('attention'),
  'state-sign_in': STATE('sign in'),
  'state-missing': STATE('missing'),
  'state-lost': '<p class="send-state">lost</p>',
  tell: '<p>tell them</p>',
  instead: '<p>call instead</p>',
  'day-old': '<p>a day old</p>',
  home: '<div data-place="waiting"></div><p data-show="needs">needs</p><div data-place="people"></div><button data-action="reload"></button>',
  person: '<section><h2>{name}</h2><a data-link="start"></a><a data-link="worried">worried</a></section>',
  worry: '<h1>worried</h1><div data-place="calls"></div><div data-place="state"></div><a data-link="start"></a>',
  'note-closed': '<p>nobody reads until {when}</p>',
  ends: '<p>It opens {when}.</p>',
};

export const SHELL = `<main id="content" tabindex="-1"><div id="screen"></div></main>${Object.entries(TEMPLATES)
  .map(([name, html]) => `<template id="t-${name}">${html}</template>`)
  .join('')}`;
