/**
 * A number as GitHub's expressions read it, of a literal or of a string that is compared with one: decimal digits with a
 * sign, a fraction and an exponent, hexadecimal or octal digits, Infinity. NaN of all else; the empty text is 0.
 */
export function coreNumber(text: string): number {
  const trimmed = text.trim();
  if (trimmed === "") return 0;
  if (DECIMAL.test(trimmed)) return Number(trimmed);
  if (/^0x[0-9a-fA-F]+$/.test(trimmed)) return Number.parseInt(trimmed.slice(2), 16) | 0;
  if (/^0o[0-7]+$/.test(trimmed)) return Number.parseInt(trimmed.slice(2), 8) | 0;
  if (trimmed === "Infinity" || trimmed === "+Infinity") return Number.POSITIVE_INFINITY;
  return trimmed === "-Infinity" ? Number.NEGATIVE_INFINITY : Number.NaN;
}

const DECIMAL = /^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/;
