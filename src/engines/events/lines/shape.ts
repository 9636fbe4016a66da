/** Reads an object of a line key by key; whatever is not asked for is refused by name, so that a slip is not overlooked. */
import { nearest } from "../../../core/nearest.ts";
import { byteString } from "../fields/shown.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What is wrong with a line, in one sentence without a full stop. */
export class LineError extends Error {}

export class Shape {
  private readonly values: JsonObject;
  private readonly what: string;
  private readonly asked: string[] = [];

  /** @param what - how the object is named in an error: `process` */
  constructor(value: unknown, what: string) {
    if (!isObject(value)) throw new LineError(`${what} is not an object`);
    this.values = value;
    this.what = what;
  }

  /** Of several keys at once: what {@link done} knows of. */
  value(key: string): unknown {
    this.asked.push(key);
    const value = Object.hasOwn(this.values, key) ? this.values[key] : undefined;
    return value === null ? undefined : value;
  }

  /** The object itself, where another reads it; all its keys count as asked for. */
  all(): JsonObject {
    this.asked.push(...Object.keys(this.values));
    return this.values;
  }

  wrong(key: string, expected: string): LineError {
    return new LineError(`${this.what}.${key} is not ${expected}`);
  }

  /** A text as a byte string. */
  text(key: string): string | undefined {
    const value = this.value(key);
    return value === undefined ? undefined : textOf(value, `${this.what}.${key}`);
  }

  texts(key: string): string[] | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    if (!Array.isArray(value)) throw this.wrong(key, "a list of texts");
    return value.map((each, index) => textOf(each, `${this.what}.${key}[${index}]`));
  }

  flag(key: string): boolean | undefined {
    const value = this.value(key);
    if (value !== undefined && typeof value !== "boolean") throw this.wrong(key, "true or false");
    return value;
  }

  /** A whole number that is not below 0. */
  number(key: string): number | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const whole = wholeOf(value);
    if (whole === undefined || whole < 0n || whole > 9_007_199_254_740_991n) throw this.wrong(key, "a whole number");
    return Number(whole);
  }

  big(key: string): bigint | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const whole = wholeOf(value);
    if (whole === undefined || whole < 0n || whole >= 2n ** 64n) throw this.wrong(key, "a whole number of 64 bits");
    return whole;
  }

  oneOf<Word extends string>(key: string, words: readonly Word[]): Word | undefined {
    const value = this.value(key);
    if (value === undefined) return undefined;
    const word = words.find((each) => each === value);
    if (word === undefined) throw this.wrong(key, `one of ${words.join(", ")}`);
    return word;
  }

  /** @throws LineError for a key that nobody asked for */
  done(): void {
    const unknown = Object.keys(this.values).find((key) => !this.asked.includes(key));
    if (unknown === undefined) return;
    const near = nearest(unknown, this.asked);
    throw new LineError(`${this.what} has no key ${unknown}${near === undefined ? "" : `, did you mean ${near}?`}`);
  }
}

/** A text as a byte string: its characters in UTF-8, or the bytes of `{ hex: "ff00" }`. */
export function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return byteString(value);
  // Written without quotes, YAML makes numbers and truths of words.
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (
    isObject(value) &&
    typeof value.hex === "string" &&
    /^(?:[0-9a-f]{2})*$/i.test(value.hex) &&
    Object.keys(value).length === 1
  )
    return Buffer.from(value.hex, "hex").toString("latin1");
  throw new LineError(`${what} is not a text`);
}

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A byte string as {@link textOf} reads it: its characters where it is UTF-8, else its bytes. */
export function writtenText(bytes: string): string | { readonly hex: string } {
  const buffer = Buffer.from(bytes, "latin1");
  try {
    return strict.decode(buffer);
  } catch {
    return { hex: buffer.toString("hex") };
  }
}

/** A whole number, in decimal, or as a text in hexadecimal or octal with `0x`, `0o`: what numbers of JSON cannot hold. */
export function wholeOf(value: unknown): bigint | undefined {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  if (typeof value !== "string" || value.length > 24) return undefined;
  return /^(?:-?\d+|0x[0-9a-f]+|0o[0-7]+)$/i.test(value) ? BigInt(value) : undefined;
}

/** A property of its own where there is a value. */
export function optional<Name extends string, Value>(name: Name, value: Value | undefined): { [Key in Name]?: Value } {
  return (value === undefined ? {} : { [name]: value }) as { [Key in Name]?: Value };
}
