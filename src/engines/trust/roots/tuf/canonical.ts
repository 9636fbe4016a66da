/**
 * Canonical JSON (OLPC), over which TUF signs: keys in order of their code points, no white space, of texts only the
 * quote and the backslash escaped, whole numbers alone.
 */

/** Undefined for what has no such form: fractions, numbers that JSON.parse has rounded. */
export function canonical(value: unknown): string | undefined {
  try {
    return encode(value);
  } catch (error) {
    if (error instanceof NoForm) return undefined;
    throw error;
  }
}

class NoForm extends Error {}

/** As deep as the value, which its reader bounds. */
function encode(value: unknown): string {
  if (typeof value === "string") return `"${value.replace(/["\\]/g, "\\$&")}"`;
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new NoForm();
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (Array.isArray(value)) return `[${value.map(encode).join(",")}]`;
  const entries = Object.entries(value as object).sort(([a], [b]) => byCodePoints(a, b));
  return `{${entries.map(([key, inner]) => `${encode(key)}:${encode(inner)}`).join(",")}}`;
}

/** UTF-8 orders as code points do; JavaScript's own order is that of UTF-16, which has surrogates before some of them. */
function byCodePoints(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
