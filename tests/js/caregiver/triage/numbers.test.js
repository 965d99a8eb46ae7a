import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asTyped, celsius, compare, exact, exactly, isSameUnit, isWhole, numberAndUnit, steps, strip, temperatureUnit,
} from '#caregiver/triage/numbers.js';

for (const [typed, digits, scale] of [
  ['38', 38n, 0n],
  ['38.0', 380n, 1n],
  ['38,25', 3825n, 2n],
  ['-3', -3n, 0n],
  ['-0.5', -5n, 1n],
  [' \u200938.5\u001c', 385n, 1n],
  ['٣٨٫٥', 385n, 1n],
  ['３８,６', 386n, 1n],
  ['४०', 40n, 0n],
  [38.5, 385n, 1n],
  [1e-7, 1n, 7n],
  [1e21, 10n ** 21n, 0n],
]) {
  test(`${JSON.stringify(typed)} is a number, exactly`, () => {
    assert.deepEqual(exact(typed), { digits, scale });
  });
}

for (const typed of ['', 'abc', '38.5.1', '1234567', '1e3', '+3', '3 8', '.5', '5.', NaN, Infinity, null, undefined, true, ['38']]) {
  test(`${String(typed)} (${typeof typed}) is none`, () => {
    assert.equal(exact(typed), null);
  });
}

test('decimals are compared without a rounding', () => {
  const is = (a, b) => compare(exact(a), exact(b));

  assert.deepEqual([is('38.0', '38'), is('37.99999', '38'), is('38,1', '38.05'), is('-1', '1')], [0, -1, 1, -1]);
});

test('a whole number may have a point', () => {
  assert.deepEqual(['2', '2.0', '2.5', '-2.00'].map((one) => isWhole(exact(one))), [true, true, false, true]);
});

test('steps are counted downwards, below zero too', () => {
  const fit = (value, step) => steps(exact(value), exactly(step));

  assert.deepEqual([fit('7.9', 1), fit('0.3', 0.1), fit('2.4', 0.5), fit('-0.1', 1)], [7, 3, 4, -1]);
});

for (const [typed, unit, degrees] of [
  ['100.4', 'F', 38],
  ['100.39', 'F', 38],
  ['100.3', 'F', 37.9],
  ['98.6', 'F', 37],
  ['37.95', 'C', 38],
  ['37.949999', 'C', 37.9],
  ['-0.05', 'C', 0],
]) {
  test(`${typed} °${unit} is ${degrees} °C`, () => {
    assert.equal(celsius(exact(typed), unit), degrees);
  });
}

test('the edges that Python strips are stripped, and nothing inside', () => {
  assert.equal(strip('\u001c\u0085\u3000 3 8 \t'), '3 8');
});

for (const [typed, number, unit] of [
  ['101.3 F', '101.3', 'F'],
  ['38.5°C', '38.5', 'C'],
  ['38,5 độ C', '38.5', 'C'],
  ['３８．５℃', '38.5', 'C'],
  ['\u200f٣٨٫٥', '38.5', ''],
  ['37.9 度', '37.9', ''],
  ['٣٨٫٥ درجة مئوية', '38.5', 'C'],
  ['38。5 摄氏度', '38.5', 'C'],
  ['101·3华氏度', '101.3', 'F'],
  ['38,5 grados centígrados', '38.5', 'C'],
  ['101.3 F.', '101.3', 'F'],
  ['38.5 K', '38.5', null],
]) {
  test(`${typed} is ${number} with the unit ${unit}`, () => {
    const found = numberAndUnit(typed);

    assert.equal(compare(found[0], exact(number)), 0);
    assert.equal(temperatureUnit(found[1]), unit);
  });
}

test('a unit beside a number counts only where it is that of the reading', () => {
  assert.deepEqual(
    [['', '%'], ['%', '%'], ['％', '%'], ['BPM', '/min'], ['mm Hg', 'mmHg'], ['%', '/min']].map(([beside, unit]) =>
      isSameUnit(numberAndUnit(`98${beside}`)[1], unit),
    ),
    [true, true, true, true, true, false],
  );
});

test('a number is shown with the unit that it brought along, or with its own', () => {
  assert.deepEqual(
    [asTyped('38.5', '°C', 'en'), asTyped('101.3 F', '°C', 'en'), asTyped(98, '%', 'en'), asTyped(98, '%', 'es')],
    ['38.5\u00a0°C', '101.3 F', '98%', '98\u00a0%'],
  );
});
