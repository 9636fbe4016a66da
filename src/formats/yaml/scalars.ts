/**
 * What a plain scalar means to Kubernetes. Its clients and its API server turn YAML into JSON with YAML 1.1's words for
 * true and false and its octal numbers, but without its times and base 60 (sigs.k8s.io/yaml); YAML 1.2's reading of the
 * same text differs, and `privileged: yes` would be a text there.
 */
const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...["y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"].map((word) => [word, true] as const),
  ...["n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

const LONGEST_WORD = 5;

const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
/** A sign that Go's reader of binary digits takes, and no other. */
const SIGNED_BINARY = /^0b([-+][01]{1,53})$/;
/** With a dot before its digits, it may have an underscore between two of them, and nowhere else. */
const FLOAT_OF_DOT = /^\.[0-9]+(?:_[0-9]+)*(?:[eE][-+]?[0-9]+(?:_[0-9]+)*)?$/;
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

/** A text that is not quoted, without the white space around it. Numbers over 2^53 lose their last digits. */
export function resolvePlain(text: string): string | number | boolean | null {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  const first = text.charCodeAt(0);
  // + - . and digits; nothing else begins a number.
  if (first > 57 || (first < 48 && first !== 43 && first !== 45 && first !== 46)) return text;
  if (first === 46) return (FLOAT_OF_DOT.test(text) ? finite(Number(text.replaceAll("_", "")), "") : undefined) ?? text;
  const digits = text.includes("_") ? text.replaceAll("_", "") : text;
  const [matched, sign, hexadecimal, binary, octal, decimal] = INTEGER.exec(digits) ?? [];
  if (decimal !== undefined) return finite(Number(decimal), sign) ?? text;
  if (matched !== undefined) {
    const size = BigInt(
      hexadecimal === undefined ? (binary === undefined ? `0o${octal}` : `0b${binary}`) : `0x${hexadecimal}`,
    );
    // What does not fit into 64 bits is no whole number; of octal digits it is a decimal number then.
    if (size <= (sign === "-" ? 2n ** 63n : 2n ** 64n - 1n)) return finite(Number(size), sign) ?? text;
  }
  const [, signed] = SIGNED_BINARY.exec(digits) ?? [];
  if (signed !== undefined) return Number.parseInt(signed, 2);
  if (!FLOAT.test(digits)) return text;
  const number = Number(digits);
  return Number.isFinite(number) ? number : text;
}

function finite(size: number, sign: string | undefined): number | undefined {
  return Number.isFinite(size) ? (sign === "-" && size !== 0 ? -size : size) : undefined;
}

/**
 * What a key becomes in JSON, where all keys are texts. Undefined for null and for numbers that Kubernetes refuses as
 * keys, or writes with other digits (its floats go through 32 bits).
 */
export function keyText(text: string): string | undefined {
  const value = resolvePlain(text);
  if (value === null) return undefined;
  if (typeof value !== "number") return String(value);
  if (Number.isSafeInteger(value) && /^[-+]?[0-9a-zA-Z_]+$/.test(text) && !/^[-+]?[0-9_]+[eE]/.test(text)) {
    return OCTAL_OF_FLOAT.test(text) ? undefined : String(value);
  }
  return SHORT_FLOAT.test(text) ? String(value) : undefined;
}

/** `1.25`, which is the same text in 32 bits as in 64. */
const SHORT_FLOAT = /^[1-9]?[0-9]\.[0-9]{0,2}$/;

/** `089` is no octal number: it is a float to Kubernetes. */
const OCTAL_OF_FLOAT = /^[-+]?0[0-9_]*[89]/;
