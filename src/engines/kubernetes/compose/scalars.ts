/**
 * What a plain scalar means to Compose, which reads YAML with gopkg.in/yaml.v3: `yes` and `on` are texts to it, and so is a
 * time here, since no field that is read takes one.
 */
const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...["true", "True", "TRUE"].map((word) => [word, true] as const),
  ...["false", "False", "FALSE"].map((word) => [word, false] as const),
  ...["", "~", "null", "Null", "NULL"].map((word) => [word, null] as const),
]);

const LONGEST_WORD = 5;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const INTEGER = /^([-+]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO][0-7]+)|0([0-7]+)|(0|[1-9][0-9]*))$/;

export function resolveComposePlain(text: string): string | number | boolean | null {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  if (!/^[-+.0-9]/.test(text)) return text;
  if (text.startsWith(".")) return FLOAT.test(text) ? finite(text) : text;
  const plain = text.replaceAll("_", "");
  const [matched, sign, based, octal, decimal] = INTEGER.exec(plain) ?? [];
  if (matched !== undefined) {
    const size = octal === undefined ? Number(based ?? decimal) : Number.parseInt(octal, 8);
    return sign === "-" && size !== 0 ? -size : size;
  }
  return FLOAT.test(plain) ? finite(plain, text) : text;
}

/** Numbers beyond a float's range stay texts, as they do there. */
function finite(digits: string, text = digits): number | string {
  const number = Number(digits);
  return Number.isFinite(number) ? number : text;
}

/** A field of true and false takes these texts too (compose-go, `toBoolean`); undefined where it refuses. */
export function composeBoolean(value: unknown): boolean | undefined {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return undefined;
  const word = value.toLowerCase();
  if (["true", "y", "yes", "on"].includes(word)) return true;
  return ["false", "n", "no", "off"].includes(word) ? false : undefined;
}
