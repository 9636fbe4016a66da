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
  if (first === 46) return FLOAT.test(text) ? Number(text) : text;
  const digits = text.includes("_") ? text.replaceAll("_", "") : text;
  const [matched, sign, hexadecimal, binary, octal, decimal] = INTEGER.exec(digits) ?? [];
  if (matched !== undefined) {
    const size =
      decimal !== undefined
        ? Number(decimal)
        : hexadecimal !== undefined
          ? Number(`0x${hexadecimal}`)
          : Number(binary === undefined ? `0o${octal}` : `0b${binary}`);
    if (!Number.isFinite(size)) return text;
    return sign === "-" && size !== 0 ? -size : size;
  }
  if (!FLOAT.test(digits)) return text;
  const number = Number(digits);
  return Number.isFinite(number) ? number : text;
}

/** What a key becomes in JSON, where all keys are texts. */
export function keyText(text: string): string {
  const value = resolvePlain(text);
  return value === null ? text : String(value);
}
