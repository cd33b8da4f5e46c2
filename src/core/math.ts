import { assert } from "./assert.ts";

/**
 * Elementary functions from + − × ÷ √ alone, which IEEE 754 rounds the same everywhere. `Math.log` and its kin may
 * differ between engines and versions, and with them every sampled request. All are within 1e-13 of the true value.
 */

/** ln 2 in two parts: the first has 32 bits, so that its product with an exponent is exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** 1 / √(2π). */
const NORMAL_PEAK = 0.3989422804014327;

/** The value of a double's exponent field for 2^0. */
const EXPONENT_BIAS = 1023;
const SMALLEST_NORMAL = 2 ** -1022;

/** 2^(i − 1023), which a table gives faster than writing a double's bits. */
const POWERS_OF_TWO = powersOfTwo();

/** 1/23 … 1/5, 1/3. */
const ARTANH_SERIES = Float64Array.from({ length: 11 }, (_, i) => 1 / (23 - 2 * i));

/** 1/14! … 1/1!, 1/0!. */
const EXP_SERIES = Float64Array.from({ length: 15 }, (_, i) => 1 / factorial(14 - i));

// Wichura's coefficients, highest power first: the middle, the tails, and beyond a tail probability of e^-25.
const CENTRE_NUMERATOR = Float64Array.of(
  2509.0809287301227,
  33430.57558358813,
  67265.7709270087,
  45921.95393154987,
  13731.69376550946,
  1971.5909503065513,
  133.14166789178438,
  3.3871328727963665,
);
const CENTRE_DENOMINATOR = Float64Array.of(
  5226.495278852854,
  28729.085735721943,
  39307.89580009271,
  21213.794301586597,
  5394.196021424751,
  687.1870074920579,
  42.31333070160091,
  1,
);
const TAIL_NUMERATOR = Float64Array.of(
  0.0007745450142783414,
  0.022723844989269184,
  0.2417807251774506,
  1.2704582524523684,
  3.6478483247632045,
  5.769497221460691,
  4.630337846156546,
  1.4234371107496835,
);
const TAIL_DENOMINATOR = Float64Array.of(
  1.0507500716444169e-9,
  0.0005475938084995345,
  0.015198666563616457,
  0.14810397642748008,
  0.6897673349851,
  1.6763848301838038,
  2.053191626637759,
  1,
);
const FAR_NUMERATOR = Float64Array.of(
  2.0103343992922881e-7,
  2.7115555687434876e-5,
  0.0012426609473880784,
  0.026532189526576124,
  0.29656057182850487,
  1.7848265399172913,
  5.463784911164114,
  6.657904643501103,
);
const FAR_DENOMINATOR = Float64Array.of(
  2.0442631033899397e-15,
  1.421511758316446e-7,
  1.8463183175100548e-5,
  0.0007868691311456133,
  0.014875361290850615,
  0.1369298809227358,
  0.599832206555888,
  1,
);

const bits = new DataView(new ArrayBuffer(8));

/** Natural logarithm of a finite number ≥ 2^-1022; −∞ for 0. */
export function log(x: number): number {
  if (x === 0) return -Infinity;
  assert(x >= SMALLEST_NORMAL && x < Infinity, "log of a number that is not positive and finite");
  bits.setFloat64(0, x);
  let exponent = (bits.getUint16(0) >>> 4) - EXPONENT_BIAS;
  let mantissa = x * POWERS_OF_TWO[EXPONENT_BIAS - exponent]!;
  // No branch: which way it went could not be foreseen.
  const isAbove = Number(mantissa > Math.SQRT2);
  mantissa *= 1 - isAbove / 2;
  exponent += isAbove;
  return exponent * LN2_HIGH + (exponent * LN2_LOW + logOfMantissa(mantissa));
}

/** ln m = 2 artanh((m − 1) / (m + 1)); on [√½, √2] the terms left out are below 2^-60 of the first. */
function logOfMantissa(mantissa: number): number {
  const ratio = (mantissa - 1) / (mantissa + 1);
  const square = ratio * ratio;
  return 2 * (ratio + ratio * square * degree10(ARTANH_SERIES, square));
}

/** e^x; 0 below −708, where doubles lose digits, and ∞ above 709.7. */
export function exp(x: number): number {
  if (x < -708) return 0;
  if (x > 709.7) return Infinity;
  const exponent = Math.round(x / Math.LN2);
  const rest = x - exponent * LN2_HIGH - exponent * LN2_LOW;
  const power = degree14(EXP_SERIES, rest);
  return exponent === 1024 ? 2 * power * powerOfTwo(1023) : power * powerOfTwo(exponent);
}

/** 2^n for an integer −1022 ≤ n ≤ 1023. */
function powerOfTwo(n: number): number {
  return POWERS_OF_TWO[n + EXPONENT_BIAS]!;
}

/**
 * Standard normal distribution function. Near 0 by the series of Marsaglia (2004), "Evaluating the normal
 * distribution"; in the tails by Laplace's continued fraction, which keeps small probabilities accurate.
 */
export function normalCdf(z: number): number {
  if (Math.abs(z) < 3) return 0.5 + normalDensity(z) * centralSeries(z);
  const tail = normalDensity(z) / tailFraction(Math.abs(z));
  return z < 0 ? tail : 1 - tail;
}

function normalDensity(z: number): number {
  return NORMAL_PEAK * exp((-z * z) / 2);
}

/** z + z³/3 + z⁵/(3·5) + … */
function centralSeries(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; Math.abs(term) > Math.abs(sum) * Number.EPSILON; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return sum;
}

/** z + 1/(z + 2/(z + 3/(z + …))), cut where deeper levels change nothing for z ≥ 3. */
function tailFraction(z: number): number {
  let fraction = z;
  for (let level = 100; level >= 1; level--) fraction = z + level / fraction;
  return fraction;
}

/** Standard normal quantile, 0 < p < 1: Wichura (1988), algorithm AS 241 (PPND16). */
export function normalQuantile(p: number): number {
  assert(p > 0 && p < 1, "normal quantile outside 0 … 1");
  const centred = p - 0.5;
  if (Math.abs(centred) <= 0.425) {
    const square = 0.180625 - centred * centred;
    return centred * ratio(CENTRE_NUMERATOR, CENTRE_DENOMINATOR, square);
  }
  const root = Math.sqrt(-log(centred < 0 ? p : 1 - p));
  const size =
    root <= 5
      ? ratio(TAIL_NUMERATOR, TAIL_DENOMINATOR, root - 1.6)
      : ratio(FAR_NUMERATOR, FAR_DENOMINATOR, root - 5);
  return centred < 0 ? -size : size;
}

function ratio(numerator: Float64Array, denominator: Float64Array, x: number): number {
  return degree7(numerator, x) / degree7(denominator, x);
}

/** Horner's rule for a polynomial of degree 7, the highest power first. Written out, here and below: a loop takes twice as long. */
function degree7(c: Float64Array, x: number): number {
  const upper = ((c[0]! * x + c[1]!) * x + c[2]!) * x + c[3]!;
  return (((upper * x + c[4]!) * x + c[5]!) * x + c[6]!) * x + c[7]!;
}

function degree10(c: Float64Array, x: number): number {
  const upper = degree7(c, x);
  return ((upper * x + c[8]!) * x + c[9]!) * x + c[10]!;
}

function degree14(c: Float64Array, x: number): number {
  const upper = degree10(c, x);
  return (((upper * x + c[11]!) * x + c[12]!) * x + c[13]!) * x + c[14]!;
}

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2 * EXPONENT_BIAS + 1);
  let power = SMALLEST_NORMAL / 2;
  for (let at = 0; at < powers.length; at += 1, power *= 2) powers[at] = power;
  return powers;
}

function factorial(n: number): number {
  return n === 0 ? 1 : n * factorial(n - 1);
}
