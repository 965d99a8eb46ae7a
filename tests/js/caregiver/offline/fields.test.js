import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from '../../page.js';
import { checklist } from '../made.js';
import { SHELL } from './shell_page.js';

openPage(SHELL);
const { field, inField, markWrong, readAnswers } = await import('#caregiver/offline/fields.js');
const { questions } = checklist();
const ALL = Object.values(questions);

/** A form with these questions as somebody left them. */
function form(draft, asked = ALL) {
  const made = document.createElement('form');
  made.append(...asked.map((question) => field(question, { answers: {}, unsure: [], ...draft }, 'F')));
  return made;
}

const read = (made, asked = ALL) => readAnswers(asked, new FormData(made));

test('a page on which nothing was touched answers only what it ticks', () => {
  assert.deepEqual(read(form({})), { answers: { red_flags: [] }, unsure: [] });
});

test('answers shown in fields are read back as they were', () => {
  const answers = { red_flags: ['chest'], temp: '38,2', temp_unit: 'C', pain: 2, alone: true };

  assert.deepEqual(read(form({ answers })), { answers, unsure: [] });
  assert.deepEqual(read(form({ answers: { ...answers, alone: false, pain: 0 } })).answers, { ...answers, alone: false, pain: 0 });
});

test('"not sure" is shown and read as that, and as no answer', () => {
  const draft = { answers: { pain: 1 }, unsure: ['pain', 'alone'] };

  assert.deepEqual(read(form(draft), [questions.pain, questions.alone]), { answers: {}, unsure: ['pain', 'alone'] });
});

test("a temperature begins in this person's own unit, and keeps the one that was chosen", () => {
  const unit = (draft) => new FormData(form(draft, [questions.temp])).get('temp_unit');

  assert.equal(unit({}), 'F');
  assert.equal(unit({ answers: { temp_unit: 'C' } }), 'C');
});

test('spaces around a number are not part of it', () => {
  const made = form({ answers: { temp: '  38,2 ' } }, [questions.temp]);

  assert.deepEqual(read(made, [questions.temp]).answers, { temp: '38,2', temp_unit: 'F' });
});

test('each choice has a label of its own', () => {
  const made = form({}, [questions.pain]);

  const [input] = made.querySelectorAll('input');
  assert.deepEqual([input.type, input.name, input.value, input.id], ['radio', 'pain', '0', 'id_pain_0']);
  assert.equal(made.querySelector('label[for="id_pain_0"]').textContent, 'None');
  assert.equal(made.querySelectorAll('input').length, 4);
});

test('a hint is read out with its field, and without one there is no empty paragraph', () => {
  const made = form({}, [questions.temp, questions.pain]);

  const input = made.querySelector('[name="temp"]');
  assert.equal(made.querySelector(`#${input.getAttribute('aria-describedby')}`).textContent, 'Under the arm');
  assert.equal(made.querySelectorAll('.hint').length, 1);
});

test('a wrong answer is marked where it stands, and its field is named', () => {
  const made = form({ answers: { temp: '99999' } }, [questions.temp, questions.pain]);

  const id = markWrong(made, questions.temp, 'That is no temperature.');

  const wrong = [...made.querySelectorAll('.field-wrong')];
  assert.equal(wrong.length, 1);
  assert.equal(wrong[0].querySelector('.errorlist').textContent, 'That is no temperature.');
  assert.equal(wrong[0].querySelector('.errorlist').hidden, false);
  assert.deepEqual([id, made.querySelector('[name="temp"]').getAttribute('aria-invalid')], ['id_temp', 'true']);
});

test('yes and no stand in a field as words, everything else as it is', () => {
  assert.deepEqual([true, false, 2, '38', undefined].map(inField), ['yes', 'no', 2, '38', undefined]);
});
