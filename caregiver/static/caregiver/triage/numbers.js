/** Numbers as people type them, exact: 38.0 must never become 37.99999. Twin of clinic/rules/protocols/scoring/numbers.py. */

// What Python's str.strip removes; String.trim differs in a few odd characters.
// eslint-disable-next-line no-control-regex -- the control characters are the point: \s lacks them
const EDGES = /^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/g;
// Signs and letters of Arabic and Chinese keyboards; the empty ones are marks of direction.
const ODD = '٫،．，。·％٪º˚℃℉ＣｃＦｆ\u061c\u200e\u200f';
const PLAIN = '. . . . . . % % ° ° °C °F C c F f   '.split(' ');
const TYPED = /^(-?\p{Nd}{1,6}(?:[.,]\p{Nd}{1,6})?)(.*)$/su;
const UNIT = /^(?:°|deg(?:rees?)?|grados?|độ|度|درجة)?\s*(?:(c(?:elsius|ent[ií]grad[eo]s?)?|مئوية|م|[摄攝]氏度?)|(f(?:ahrenheit)?|فهرنهايت|[华華]氏度?)\.?)?$/;
const PER_MINUTE = /^(?:bpm|lpm|次\/分|nhịp\/phút)$/;
const WRITTEN = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/;
const DIGIT = /^\p{Nd}$/u;

/** @param {string} text */
export function strip(text) {
  return text.replace(EDGES, '');
}

/**
 * A number alone; null if it is not one.
 * @param {unknown} value
 */
export function exact(value) {
  const [number, beside] = numberAndUnit(value);
  return beside ? null : number;
}

/**
 * The number that was typed, with a point or a comma, in any script's digits, and what stands after it.
 * @param {unknown} value
 * @returns {[Exact | null, string]}
 */
export function numberAndUnit(value) {
  if (typeof value === 'number') return [Number.isFinite(value) ? exactly(value) : null, ''];
  const found = typeof value === 'string' && TYPED.exec(strip(plain(value)));
  if (!found) return [null, ''];
  return [written([...found[1]].map(plainDigit).join('').replace(',', '.')), strip(found[2])];
}

/**
 * C, F, empty where only degrees stand there, null for anything else.
 * @param {string} beside
 */
export function temperatureUnit(beside) {
  const found = UNIT.exec(strip(plain(beside)).toLowerCase());
  return found && ((found[1] && 'C') || (found[2] && 'F') || '');
}

/**
 * @param {string} beside
 * @param {string} unit
 */
export function isSameUnit(beside, unit) {
  const bare = withoutSpace(beside);
  return !bare || bare === withoutSpace(unit) || (unit === '/min' && PER_MINUTE.test(bare));
}

/**
 * A typed number with its unit, which it may have brought along.
 * @param {unknown} value
 * @param {string} unit
 * @param {string} language
 */
export function asTyped(value, unit, language) {
  if (!exact(value)) return String(value);
  return `${value}${unit === '%' && language !== 'es' ? '' : '\u00a0'}${unit}`.trim();
}

/** @param {string} text */
function plain(text) {
  return [...text].map((one) => PLAIN[ODD.indexOf(one)] ?? one).join('');
}

/** @param {string} text */
function withoutSpace(text) {
  return text.replace(/\s/g, '').toLowerCase();
}

/**
 * A number of the table or of a program, which is one for certain.
 * @param {number} value
 */
export function exactly(value) {
  return written(String(value));
}

/**
 * Below zero when a < b, zero when equal, above zero when a > b.
 * @param {Exact} a
 * @param {Exact} b
 */
export function compare(a, b) {
  const difference = a.digits * 10n ** b.scale - b.digits * 10n ** a.scale;
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** @param {Exact} value */
export function isWhole(value) {
  return value.digits % 10n ** value.scale === 0n;
}

/**
 * How many whole steps fit into the value.
 * @param {Exact} value
 * @param {Exact} step
 */
export function steps(value, step) {
  return Number(floorDivide(value.digits * 10n ** step.scale, step.digits * 10n ** value.scale));
}

/**
 * Degrees Celsius to one decimal, halves up, so that 100.4 °F is exactly 38.0 °C.
 * @param {Exact} value
 * @param {string} unit
 */
export function celsius(value, unit) {
  const one = 10n ** value.scale;
  const tenths =
    unit === 'C'
      ? floorDivide(20n * value.digits + one, 2n * one)
      : floorDivide(100n * (value.digits - 32n * one) + 9n * one, 18n * one);
  return Number(tenths) / 10;
}

/**
 * @param {string} text
 * @returns {Exact}
 */
function written(text) {
  const read = WRITTEN.exec(text);
  if (!read) throw new Error(`not a number: ${text}`);
  const [, sign, whole, part = '', power = '0'] = read;
  const scale = BigInt(part.length) - BigInt(power);
  const digits = BigInt(sign + whole + part);
  return scale < 0n ? { digits: digits * 10n ** -scale, scale: 0n } : { digits, scale };
}

/**
 * Decimal digits of every script stand in runs of ten, from zero up.
 * @param {string} character
 */
function plainDigit(character) {
  const point = character.codePointAt(0);
  if (point === undefined || !DIGIT.test(character)) return character;
  let start = point;
  while (DIGIT.test(String.fromCodePoint(start - 1))) start -= 1;
  return String((point - start) % 10);
}

/**
 * @param {bigint} a
 * @param {bigint} b
 */
function floorDivide(a, b) {
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}
