/**
 * Quantities (k8s.io/apiserver, pkg/cel/library/quantity.go; k8s.io/apimachinery, pkg/api/resource): `1.5Gi`, `100m`, `1e3`.
 * Exact: a whole number over a power of ten, rounded up to 10⁻⁹ as the API does.
 */
import { global, type Library, method } from "../library.ts";
import type { Opaque } from "../model.ts";
import { Failure, MAX_INT, type Meter, MIN_INT, spendText } from "../values.ts";

/** digits × 10^exponent */
interface Quantity {
  readonly digits: bigint;
  readonly exponent: number;
  /** Held as 64 bits: of others the API says that they are no integer, whatever they are. */
  readonly isSmall: boolean;
}

const FORM = /^([+-]?)(\d*)(?:\.(\d*))?(?:([eEinumkKMGTP]+)([-+]?\d*))?$/;

const DECIMAL: Readonly<Record<string, number>> = {
  ...{ n: -9, u: -6, m: -3, "": 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 },
};
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/** What a text may have, and what power of ten may be named: more would be a number that nobody can hold. */
const TEXT = 100;
const EXPONENT = 500;

function parse(text: string): Quantity | undefined {
  const match = text.length > TEXT ? null : FORM.exec(text);
  if (match === null || text === "") return undefined;
  const [, sign, digitsBefore = "", fraction = "", letters = "", power = ""] = match;
  const whole = digitsBefore.replace(/^0+/, "");
  const scale = scaleOf(letters, power);
  if (scale === undefined) return undefined;
  const digits = BigInt(`${whole}${fraction}` || "0");
  const signed = (value: bigint) => (sign === "-" ? -value : value);
  const length = Math.max(1, whole.length) + fraction.length;
  if (scale.base === 2 && scale.exponent > 0) {
    const isFast = fraction === "" && 15 - length - Math.trunc(scale.exponent * 0.3) - 1 >= 0;
    const value = digits << BigInt(scale.exponent);
    if (isFast) return { digits: signed(value), exponent: 0, isSmall: true };
    const most = MAX_INT * 10n ** BigInt(fraction.length);
    const rounded = roundUp(value > most ? most : value, -fraction.length);
    return { ...rounded, digits: signed(rounded.digits), isSmall: false };
  }
  const exponent = scale.exponent - fraction.length;
  if (length <= 18 && exponent >= -9) return { digits: signed(digits), exponent, isSmall: true };
  const rounded = roundUp(digits, exponent);
  return { ...rounded, digits: signed(rounded.digits), isSmall: false };
}

function scaleOf(letters: string, power: string): { readonly base: 2 | 10; readonly exponent: number } | undefined {
  if (power === "" && Object.hasOwn(DECIMAL, letters)) return { base: 10, exponent: DECIMAL[letters] ?? 0 };
  if (power === "" && Object.hasOwn(BINARY, letters)) return { base: 2, exponent: BINARY[letters] ?? 0 };
  if (!/^[eE]$/.test(letters) || !/\d/.test(power)) return undefined;
  const exponent = Number(power);
  return Math.abs(exponent) > EXPONENT ? undefined : { base: 10, exponent };
}

/** Nothing is smaller than 10⁻⁹: what is, is that. */
function roundUp(digits: bigint, exponent: number): { readonly digits: bigint; readonly exponent: number } {
  if (exponent >= -9) return { digits, exponent };
  const divisor = 10n ** BigInt(-9 - exponent);
  return { digits: (digits + divisor - 1n) / divisor, exponent: -9 };
}

function aligned(a: Quantity, b: Quantity): readonly [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  const at = ({ digits, exponent: own }: Quantity) => digits * 10n ** BigInt(own - exponent);
  return [at(a), at(b), exponent];
}

function add(a: Quantity, b: Quantity): Quantity {
  if (b.digits === 0n && a.isSmall && b.isSmall) return a;
  if (a.digits === 0n && a.isSmall && b.isSmall) return b;
  const [x, y, exponent] = aligned(a, b);
  const fits = [x, y, x + y].every((value) => value <= MAX_INT && value >= MIN_INT);
  return { digits: x + y, exponent, isSmall: a.isSmall && b.isSmall && fits };
}

const negative = ({ digits, ...rest }: Quantity): Quantity => ({ ...rest, digits: -digits });
const ofInt = (value: bigint): Quantity => ({ digits: value, exponent: 0, isSmall: true });

function compare(a: Quantity, b: Quantity): bigint {
  const [x, y] = aligned(a, b);
  return x < y ? -1n : x > y ? 1n : 0n;
}

/** Undefined where it is none of 64 bits, or not held as one. */
function integer({ digits, exponent, isSmall }: Quantity): bigint | undefined {
  if (!isSmall || exponent < 0) return undefined;
  const value = digits * 10n ** BigInt(exponent);
  return value > MAX_INT || value < MIN_INT ? undefined : value;
}

function opaque(quantity: Quantity): Opaque {
  let { digits, exponent } = quantity;
  while (digits !== 0n && digits % 10n === 0n) {
    digits /= 10n;
    exponent += 1;
  }
  return { kind: "opaque", type: NAME, key: digits === 0n ? "0" : `${digits}e${exponent}`, content: quantity };
}

const NAME = "kubernetes.Quantity";
const of = ({ content }: Opaque) => content as Quantity;

function read(text: string, meter: Meter): Opaque | Failure {
  spendText(meter, text.length);
  const quantity = parse(text);
  return quantity === undefined ? new Failure("invalid text of a quantity") : opaque(quantity);
}

export const quantities: Library = {
  types: [NAME],
  overloads: [
    global("quantity", ["string"], read),
    global("isQuantity", ["string"], (text, meter) => !(read(text, meter) instanceof Failure)),
    global("sign", [NAME], signOf),
    method("sign", [NAME], signOf),
    method("isGreaterThan", [NAME, NAME], (a, b) => compare(of(a), of(b)) > 0n),
    method("isLessThan", [NAME, NAME], (a, b) => compare(of(a), of(b)) < 0n),
    method("compareTo", [NAME, NAME], (a, b) => compare(of(a), of(b))),
    method("asApproximateFloat", [NAME], (quantity) => {
      const { digits, exponent } = of(quantity);
      return exponent === 0 ? Number(digits) : Number(`${digits}e${exponent}`);
    }),
    method("asInteger", [NAME], (quantity) => integer(of(quantity)) ?? new Failure("cannot convert value to integer")),
    method("isInteger", [NAME], (quantity) => integer(of(quantity)) !== undefined),
    method("add", [NAME, NAME], (a, b) => opaque(add(of(a), of(b)))),
    method("add", [NAME, "int"], (a, b) => opaque(add(of(a), ofInt(b)))),
    method("sub", [NAME, NAME], (a, b) => opaque(add(of(a), negative(of(b))))),
    method("sub", [NAME, "int"], (a, b) => opaque(add(of(a), negative(ofInt(b))))),
  ],
};

function signOf(quantity: Opaque): bigint {
  return compare(of(quantity), ofInt(0n));
}
